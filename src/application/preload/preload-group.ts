import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { CacheError, GroupRefusedError } from '../../domain/cache/errors.ts';
import type { CacheGroup } from '../../domain/cache/ttl-policy.ts';
import type { PreloadProgress } from '../../ports/inbound/status-reader.ts';
import type {
  BatchAnswer,
  GroupCheck,
  GroupCursor,
  GroupPage,
  ItemSource,
  ReadOptions,
  SourceAnswer,
} from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import type { RetryingCalls } from '../source-access/retrying-calls.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { chunksOf } from '../time/slices.ts';

/** Reads of one group that go on side by side. */
const PARTS = 4;

/** For a source that checks nothing, and where nothing but listed keys is read. */
const UNCHECKED: Promise<GroupCheck> = Promise.resolve({ isEmpty: false });

const NONE: ReadonlySet<string> = new Set();

/** Why the preload ends before everything is in. */
export class PreloadStopped extends Error {}

/** Fills the store with one group: the listed keys first, then everything that the source has of it. */
export class PreloadGroup {
  readonly #group: CacheGroup;
  readonly #groups: Groups;
  readonly #source: ItemSource;
  readonly #calls: RetryingCalls;
  readonly #writer: EntryWriter;
  #state: PreloadProgress['state'] = 'waiting';
  #entries = 0;
  #tooLarge = 0;
  #reason: string | undefined;
  #error: unknown;
  /** The check of the group that is on its way, settled or not. */
  #checking: Promise<GroupCheck> | undefined;
  /** What the check has found. */
  #checked: GroupCheck | undefined;

  constructor(
    group: CacheGroup,
    groups: Groups,
    source: ItemSource,
    calls: RetryingCalls,
    writer: EntryWriter,
  ) {
    this.#group = group;
    this.#groups = groups;
    this.#source = source;
    this.#calls = calls;
    this.#writer = writer;
  }

  get name(): string {
    return this.#group.name;
  }

  /** The failure that ended the filling, if one did. */
  get error(): unknown {
    return this.#error;
  }

  progress(): PreloadProgress {
    const progress = { group: this.name, state: this.#state, entries: this.#entries };
    return this.#reason === undefined ? progress : { ...progress, reason: this.#reason };
  }

  /**
   * Loads until everything is in, `stop` is aborted, or the source fails; aborts `stop` itself when the store is full.
   * Never rejects.
   */
  async fill(stop: AbortController): Promise<void> {
    if (this.#group.policy.lifetimes.ttlMs <= 0) {
      this.#end('skipped', 'its ttl keeps nothing fresh');
      return;
    }
    this.#state = 'running';
    try {
      const check = this.#group.preload.everything ? this.#check(stop.signal) : UNCHECKED;
      const [checked, loaded] = await Promise.allSettled([check, this.#load(stop, check)]);
      // Before the failure of a read: the refusal of a group names its true keys, that of a key does not.
      if (checked.status === 'rejected') throw checked.reason;
      if (loaded.status === 'rejected') throw loaded.reason;
      this.#endOfAll();
    } catch (error) {
      this.#endBy(error);
    }
  }

  /** Rejects if the group is configured otherwise than the source has it. */
  async #check(signal: AbortSignal): Promise<GroupCheck> {
    const { checkGroup } = this.#source;
    if (checkGroup === undefined) {
      this.#checked = await UNCHECKED;
      return this.#checked;
    }
    return this.#calls.make({
      group: this.name,
      signal,
      ask: (callSignal) => {
        const want: ReadOptions = { contentTypes: [], signal: callSignal };
        this.#checking = checkGroup.call(this.#source, this.name, want).then((found) => {
          this.#checked = found;
          return found;
        });
        return this.#checking;
      },
      land: (found) => found,
    });
  }

  async #load(stop: AbortController, check: Promise<GroupCheck>): Promise<void> {
    await this.#loadListed(stop);
    if (this.#group.preload.everything) await this.#loadEverything(stop, check);
  }

  #loadListed(stop: AbortController): Promise<void> {
    const chunks = [...chunksOf(this.#group.preload.keys, this.#source.batchLimit ?? 1)];
    return sideBySide(stop, async (_, signal) => {
      let incomplete = 0;
      for (let keys = chunks.shift(); keys !== undefined; keys = chunks.shift()) {
        const chunk = keys;
        const { unprocessed } = await this.#call(
          signal,
          (want) => this.#readKeys(chunk, want),
          (answers, order) => this.#store(answers, order, stop),
        );
        incomplete = unprocessed.length === 0 ? 0 : incomplete + 1;
        if (incomplete === 0) continue;
        chunks.push(unprocessed);
        await this.#calls.pause(incomplete, signal);
      }
    });
  }

  /** Reads pages beside the check. Nothing of them is stored before it has passed, nor what came after an empty table was found. */
  #loadEverything(stop: AbortController, check: Promise<GroupCheck>): Promise<void> {
    const listed = new Set(this.#group.preload.keys.map((key) => key.text));
    return sideBySide(stop, async (part, signal) => {
      let cursor: GroupCursor | undefined = { part, parts: PARTS };
      while (cursor !== undefined) {
        const place: GroupCursor = cursor;
        let isTaken = false;
        const page: GroupPage = await this.#call(
          signal,
          (want) => this.#readCheckedPage(place, want),
          (answers, order) => {
            if (this.#checked?.isEmpty !== false) return;
            // What was listed is in already, and counted.
            this.#store(answers, order, stop, listed);
            isTaken = true;
          },
        );
        if (isTaken) cursor = page.next;
        // Only now, because a page that waits keeps its turn from a check that is made again: then the page is read again.
        else if ((await check).isEmpty) return;
      }
    });
  }

  async #readKeys(keys: readonly EntryKey[], want: ReadOptions): Promise<BatchAnswer> {
    if (this.#source.readMany !== undefined) return this.#source.readMany(keys, want);
    return { answers: await Promise.all(keys.map((key) => this.#source.read(key, want))), unprocessed: [] };
  }

  /** The page, once the check that is on its way has ended, whatever came of it. */
  async #readCheckedPage(cursor: GroupCursor, want: ReadOptions): Promise<GroupPage> {
    const page = await this.#readPage(cursor, want);
    await this.#checking?.catch(() => undefined);
    return page;
  }

  async #readPage(cursor: GroupCursor, want: ReadOptions): Promise<GroupPage> {
    if (this.#source.readGroup !== undefined) return this.#source.readGroup(this.name, cursor, want);
    throw new PreloadStopped('the source cannot read a whole group');
  }

  #call<Answer extends { readonly answers: Iterable<SourceAnswer> }>(
    signal: AbortSignal,
    read: (want: ReadOptions) => Promise<Answer>,
    store: (answers: Iterable<SourceAnswer>, order: number) => void,
  ): Promise<Answer> {
    return this.#calls.make({
      group: this.name,
      signal,
      ask: (callSignal) => read({ contentTypes: this.#groups.contentTypesOf(this.name), signal: callSignal }),
      land: (answer, order) => {
        store(answer.answers, order);
        return answer;
      },
    });
  }

  #store(
    answers: Iterable<SourceAnswer>,
    order: number,
    stop: AbortController,
    known: ReadonlySet<string> = NONE,
  ): void {
    let [entries, tooLarge] = [0, 0];
    for (const answer of answers) {
      if (known.has(answer.key.text)) continue;
      const { outcome } = this.#writer.preload(answer, order);
      if (answer.bodies.length === 0) continue;
      if (outcome === 'stored') entries += 1;
      if (outcome === 'too_large') tooLarge += 1;
      if (outcome === 'full') {
        stop.abort(new PreloadStopped('nine tenths of the bound of the store are in use'));
        break;
      }
    }
    // Only now: an answer that cannot be read fails the whole call, which is made again.
    this.#entries += entries;
    this.#tooLarge += tooLarge;
  }

  #endOfAll(): void {
    if (this.#tooLarge === 0) this.#end('complete');
    else this.#end('partial', `items too large to be kept: ${this.#tooLarge}`);
  }

  #endBy(error: unknown): void {
    if (error instanceof PreloadStopped) {
      this.#end('partial', error.message);
      return;
    }
    this.#error = error;
    this.#end(this.#entries > 0 ? 'partial' : 'failed', reasonOf(error));
  }

  #end(state: PreloadProgress['state'], reason?: string): void {
    this.#state = state;
    this.#reason = reason;
  }
}

/** The refusal of a group is for those who correct the configuration; of other failures the code says enough. */
const reasonOf = (error: unknown): string => {
  if (error instanceof GroupRefusedError) return error.message;
  return error instanceof CacheError ? error.code : 'internal';
};

/** Runs the parts of a task at the same time; the first that fails ends the others, and so does `stop`. */
const sideBySide = async (
  stop: AbortController,
  task: (part: number, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const failed = new AbortController();
  const signal = AbortSignal.any([stop.signal, failed.signal]);
  const run = async (part: number) => {
    try {
      await task(part, signal);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  await Promise.all(Array.from({ length: PARTS }, (_, part) => run(part)));
  // A stop in the middle of a page lets the page's call end well.
  signal.throwIfAborted();
};
