import type { Address, EntryKey } from '../../domain/cache/cache-entry.ts';
import type { ItemSource, ReadOptions } from '../../ports/outbound/item-source.ts';
import type { ElapsedTime } from '../time/elapsed-time.ts';

/**
 * How a write ended: `applied` if it was, or at least in part; `not-applied` if it certainly changed nothing; `unknown` if it
 * may have been applied, or may still be applied.
 */
export type WriteEnd = 'applied' | 'not-applied' | 'unknown';

/** Writes of other environments, as far as they are known here. */
export interface WritesElsewhere {
  /** Whether an eventually consistent read of `key` may miss a write. */
  isRecent(key: EntryKey): boolean;
  /** Whether an eventually consistent read of any key of the group may miss a write. */
  isGroupRecent(group: string): boolean;
  /** Whether a write of unknown outcome, or one that reads may miss, may change `key` after a read that began at `askedAt`. */
  mayBeStale(key: EntryKey, askedAt: number): boolean;
  /** Whether the answer to the read with this order is out of date. */
  isOutdated(key: EntryKey, order: number): boolean;
}

export interface RecentWriteLimits {
  /** Milliseconds after a write in which an eventually consistent read may miss it. */
  readonly windowMs: number;
  /** Keys that are marked one by one; a write beyond this limit marks its whole group. */
  readonly keys: number;
}

/** Tracks running and recent writes that bypass the cache, and those of other environments. */
export class RecentWrites {
  readonly #time: ElapsedTime;
  readonly #limits: RecentWriteLimits;
  readonly #inconsistent: ReadonlySet<string>;
  readonly #elsewhere: WritesElsewhere | undefined;
  readonly #keys = new Map<string, Mark>();
  /** Groups that are marked as a whole. */
  readonly #groups = new Map<string, Mark>();
  /** Writes to any key of a group: a cheap check that most reads stop at. */
  readonly #writesInGroup = new Map<string, Mark>();

  /**
   * @param inconsistent groups whose sources have no consistent reads
   * @param elsewhere absent: nothing is known of other environments
   */
  constructor(
    time: ElapsedTime,
    limits: RecentWriteLimits,
    inconsistent: ReadonlySet<string> = new Set(),
    elsewhere?: WritesElsewhere,
  ) {
    this.#time = time;
    this.#limits = limits;
    this.#inconsistent = inconsistent;
    this.#elsewhere = elsewhere;
  }

  /** A write to a key, or to a whole group, begins. Call the returned function once, when the write has ended. */
  begin({ group, key }: Address): (end: WriteEnd) => void {
    const marks = [
      markIn(this.#writesInGroup, group),
      key !== undefined && this.#hasRoomFor(key) ? markIn(this.#keys, key.text) : markIn(this.#groups, group),
    ];
    for (const mark of marks) mark.begin();
    return (end) => {
      for (const mark of marks) mark.end(this.#time.now(), end);
    };
  }

  /**
   * Something has written that bypasses this process. Reads are consistent for the window. Sources without consistent reads are
   * read and stored as before: not storing their answers would multiply the calls, without a write that is known.
   */
  notice(address: Address): void {
    if (!this.#inconsistent.has(address.group)) this.begin(address)('applied');
  }

  /** Whether an eventually consistent read of `key` may miss a write. */
  isRecent(key: EntryKey): boolean {
    if (this.#elsewhere?.isRecent(key) === true) return true;
    return this.#isGroupRecentHere(key.group) && this.#marksOf(key).some((mark) => this.#isRecent(mark));
  }

  /** Whether an eventually consistent read of any key of the group may miss a write. */
  isGroupRecent(group: string): boolean {
    return this.#isGroupRecentHere(group) || this.#elsewhere?.isGroupRecent(group) === true;
  }

  #isGroupRecentHere(group: string): boolean {
    const mark = this.#writesInGroup.get(group);
    return mark !== undefined && this.#isRecent(mark);
  }

  /**
   * Whether a running write, or one of unknown outcome, may change `key` after a read that began at `askedAt` (elapsed time).
   * Without consistent reads, such a read may also miss a write that has ended.
   */
  mayBeStale(key: EntryKey, askedAt: number): boolean {
    const isInconsistent = this.#inconsistent.has(key.group);
    if (this.#marksOf(key).some((mark) => mark.mayBeStale(askedAt, this.#limits.windowMs, isInconsistent)))
      return true;
    return this.#elsewhere?.mayBeStale(key, askedAt) === true;
  }

  #marksOf(key: EntryKey): readonly Mark[] {
    if (this.#writesInGroup.size === 0) return [];
    return [this.#keys.get(key.text), this.#groups.get(key.group)].filter((mark) => mark !== undefined);
  }

  #isRecent(mark: Mark): boolean {
    return mark.isRecent(this.#time.now(), this.#limits.windowMs);
  }

  #hasRoomFor(key: EntryKey): boolean {
    if (this.#keys.has(key.text)) return true;
    if (this.#keys.size >= this.#limits.keys) this.#dropOld();
    return this.#keys.size < this.#limits.keys;
  }

  /** Drops the oldest marks. Waits for two windows, because a read begun within the first may be answered in the second. */
  #dropOld(): void {
    const now = this.#time.now();
    for (const [text, mark] of this.#keys) {
      if (mark.isRecent(now, 2 * this.#limits.windowMs)) return;
      this.#keys.delete(text);
    }
  }
}

/** Gets or makes the mark under `name`, and makes it the most recently used one. */
const markIn = (marks: Map<string, Mark>, name: string): Mark => {
  const mark = marks.get(name) ?? new Mark();
  marks.delete(name);
  marks.set(name, mark);
  return mark;
};

/** The writes to one key or group. */
class Mark {
  #inProgress = 0;
  /** Elapsed time at which a write last ended, and last ended with an unknown outcome. */
  #endedAt = Number.NEGATIVE_INFINITY;
  #unknownEndAt = Number.NEGATIVE_INFINITY;

  begin(): void {
    this.#inProgress += 1;
  }

  end(now: number, end: WriteEnd): void {
    this.#inProgress -= 1;
    this.#endedAt = now;
    if (end === 'unknown') this.#unknownEndAt = now;
  }

  isRecent(now: number, windowMs: number): boolean {
    return this.#inProgress > 0 || now - this.#endedAt < windowMs;
  }

  mayBeStale(askedAt: number, windowMs: number, isInconsistent: boolean): boolean {
    if (this.#inProgress > 0) return true;
    const endedAt = isInconsistent ? this.#endedAt : this.#unknownEndAt;
    return askedAt - endedAt < windowMs;
  }
}

/** Wraps the methods of a source so that keys with a recent write are read with strong consistency. */
export const consistentAfterWrite = (source: ItemSource, marks: RecentWrites): ItemSource => {
  const consistently = (options: ReadOptions, isNeeded: boolean): ReadOptions =>
    isNeeded ? { ...options, consistent: true } : options;
  const isRecent = (key: EntryKey) => marks.isRecent(key);
  const { mayShare, readMany, checkGroup, readGroup } = source;
  return {
    ...(mayShare === undefined ? {} : { mayShare }),
    read: (key, options) => source.read(key, consistently(options, isRecent(key))),
    ...(readMany && {
      readMany: (keys, options) => readMany.call(source, keys, consistently(options, keys.some(isRecent))),
    }),
    ...(checkGroup && { checkGroup: (group, options) => checkGroup.call(source, group, options) }),
    ...(readGroup && {
      readGroup: (group, cursor, options) =>
        readGroup.call(source, group, cursor, consistently(options, marks.isGroupRecent(group))),
    }),
  };
};
