import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { type CacheError, SourceRefusedError, TransientError } from '../../domain/cache/errors.ts';
import type {
  BatchAnswer,
  GroupCheck,
  GroupCursor,
  GroupPage,
  ReadOptions,
  SourceAnswer,
} from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import type { RetryingCalls } from '../source-access/retrying-calls.ts';
import type { SourceAccess } from '../source-access/sources.ts';
import type { EventLoopTurns } from '../time/timers.ts';

/** Why a preload ends before everything is loaded. */
export class PreloadStopped extends Error {}

/** Stores answers of a call; `order` is the place of the call among all reads. */
export type StoreAnswers = (answers: Iterable<SourceAnswer>, order: number) => void;

export interface PreloadCallsParts {
  readonly group: string;
  readonly access: SourceAccess;
  readonly groups: Groups;
  readonly calls: RetryingCalls;
  /** Shared by all groups, because they block the event loop together. */
  readonly turns: EventLoopTurns;
}

/** The calls that load one group. No reader waits for them, so they are retried. */
export class PreloadCalls {
  readonly group: string;
  readonly access: SourceAccess;
  readonly #groups: Groups;
  readonly #calls: RetryingCalls;
  readonly #turns: EventLoopTurns;

  constructor({ group, access, groups, calls, turns }: PreloadCallsParts) {
    this.group = group;
    this.access = access;
    this.#groups = groups;
    this.#calls = calls;
    this.#turns = turns;
  }

  /** Asks the source, and stores its answers. Calls that need no input or output still let timers and requests run. */
  async load<Answer extends { readonly answers: Iterable<SourceAnswer>; readonly isShared?: boolean }>(
    signal: AbortSignal,
    read: (options: ReadOptions) => Promise<Answer>,
    store: StoreAnswers,
  ): Promise<Answer> {
    await this.#turns.giveWay();
    return this.ask(
      signal,
      (options) => read({ ...options, contentTypes: this.#groups.contentTypesOf(this.group) }),
      (answer, order) => {
        store(answer.answers, order);
        return answer;
      },
      this.access.source.mayShare === true ? ({ isShared }) => isShared !== true : undefined,
    );
  }

  /** Reads keys of the group; what other environments have read will do, unless a probe must reach the source. */
  readKeys(keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer> {
    const acceptsShared = !this.access.breaker.isOpen(this.group);
    return this.access.readKeys(keys, { ...options, acceptsShared });
  }

  /** Asks the source, without bodies. */
  ask<Answer, Result>(
    signal: AbortSignal,
    ask: (options: ReadOptions) => Promise<Answer>,
    onAnswer: (answer: Answer, order: number) => Result,
    asksSource?: (answer: Answer) => boolean,
  ): Promise<Result> {
    const { group } = this;
    return this.#calls.call({
      group,
      signal,
      ask: (callSignal) => ask({ contentTypes: [], signal: callSignal }),
      onAnswer,
      ...(asksSource === undefined ? {} : { asksSource }),
    });
  }

  /** Waits longer after each of several incomplete answers in a row. */
  waitBefore(attempts: number, signal: AbortSignal): Promise<void> {
    return this.#calls.waitBefore(attempts, signal);
  }

  /** Runs a task as often as the source allows at the same time. The first failure ends all of them, and so does `stop`. */
  async inParallel(
    stop: AbortSignal,
    task: (part: number, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const failed = new AbortController();
    const signal = AbortSignal.any([stop, failed.signal]);
    const run = async (part: number) => {
      try {
        await task(part, signal);
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    };
    const { preloadParallelism } = this.access.limits;
    await Promise.all(Array.from({ length: preloadParallelism }, (_, part) => run(part)));
    // A stop within a page does not make the call of that page fail.
    signal.throwIfAborted();
  }
}

/**
 * Loads single keys: first in batches, then alone those that a batch omitted. Keys that the source did not get to are asked
 * again, after a delay that grows. A key that fails by itself ends the load only after the others are loaded.
 */
export const loadListedKeys = async (
  calls: PreloadCalls,
  keys: readonly EntryKey[],
  stop: AbortSignal,
  store: StoreAnswers,
): Promise<void> => {
  let failure: CacheError | undefined;
  const omitted: EntryKey[] = [];
  const load = (batches: readonly (readonly EntryKey[])[]): Promise<void> => {
    const left = [...batches];
    return calls.inParallel(stop, async (_, signal) => {
      let incomplete = 0;
      for (let batch = left.shift(); batch !== undefined; batch = left.shift()) {
        const asked = batch;
        const {
          answers,
          unprocessed,
          refused = [],
        } = await calls
          .load(signal, (options) => calls.readKeys(asked, options), store)
          .catch((error: unknown) => {
            if (asked.length > 1 || !concernsOneKey(error)) throw error;
            failure ??= error;
            return NOTHING;
          });
        failure ??= refused[0]?.error;
        if (asked.length > 1) {
          const mentioned = [...[...answers, ...refused].map(({ key }) => key), ...unprocessed];
          const texts = new Set(mentioned.map(({ text }) => text));
          omitted.push(...asked.filter(({ text }) => !texts.has(text)));
        }
        incomplete = unprocessed.length === 0 ? 0 : incomplete + 1;
        if (incomplete === 0) continue;
        left.push(unprocessed);
        await calls.waitBefore(incomplete, signal);
      }
    });
  };
  await load(calls.access.batchesOf(keys));
  await load(omitted.splice(0).map((key) => [key]));
  if (failure !== undefined) throw failure;
};

const NOTHING: BatchAnswer = { answers: [], unprocessed: [] };

/** Whether other keys may be read although the read of one failed: its key of KMS may be disabled, for example. */
const concernsOneKey = (error: unknown): error is CacheError =>
  error instanceof SourceRefusedError || (error instanceof TransientError && !error.lostContact);

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
