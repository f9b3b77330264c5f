import type { GroupCheck, GroupCursor, GroupPage, ReadOptions } from '../../ports/outbound/item-source.ts';
import { type PreloadCalls, PreloadStopped, type StoreAnswers } from './preload-calls.ts';

/** For a source that has nothing to check. */
const NOT_EMPTY: GroupCheck = { isEmpty: false };

/** Loads everything that the source has of a group, page by page, and checks meanwhile that the group is configured as the source has it. */
export class GroupScan {
  readonly #calls: PreloadCalls;
  /** The running call of the check; settled or not. */
  #checking: Promise<GroupCheck> | undefined;
  #found: GroupCheck | undefined;

  constructor(calls: PreloadCalls) {
    this.#calls = calls;
  }

  /** Rejects if the configuration of the group contradicts the source. */
  async check(signal: AbortSignal): Promise<GroupCheck> {
    const { source } = this.#calls.access;
    const { checkGroup } = source;
    if (checkGroup === undefined) {
      this.#found = NOT_EMPTY;
      return NOT_EMPTY;
    }
    return this.#calls.ask(
      signal,
      (options) => {
        this.#checking = checkGroup.call(source, this.#calls.group, options).then((found) => {
          this.#found = found;
          return found;
        });
        return this.#checking;
      },
      (found) => found,
    );
  }

  /** Reads pages while the check runs. Stores a page only after the check has passed, and none of a group that the check found empty. */
  load(stop: AbortSignal, check: Promise<GroupCheck>, store: StoreAnswers): Promise<void> {
    return this.#calls.inParallel(stop, async (part, signal) => {
      let cursor: GroupCursor | undefined = { part, parts: this.#calls.access.limits.preloadParallelism };
      while (cursor !== undefined) {
        const place: GroupCursor = cursor;
        let isStored = false;
        const page: GroupPage = await this.#calls.load(
          signal,
          (options) => this.#readPageAfterCheck(place, options),
          (answers, order) => {
            if (this.#found?.isEmpty !== false) return;
            store(answers, order);
            isStored = true;
          },
        );
        if (isStored) cursor = page.next;
        // Not earlier: a page that waits holds a slot that a retry of the check needs. The page is read again then.
        else if ((await check).isEmpty) return;
      }
    });
  }

  /** The page, once the running call of the check has ended, whatever its result. */
  async #readPageAfterCheck(cursor: GroupCursor, options: ReadOptions): Promise<GroupPage> {
    const { source } = this.#calls.access;
    if (source.readGroup === undefined) throw new PreloadStopped('the source cannot read a whole group');
    const page = await source.readGroup(this.#calls.group, cursor, options);
    await this.#checking?.catch(() => undefined);
    return page;
  }
}
