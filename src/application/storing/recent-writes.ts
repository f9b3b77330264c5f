import type { Address, EntryKey } from '../../domain/cache/cache-entry.ts';
import type { ItemSource, ReadOptions } from '../../ports/outbound/item-source.ts';
import type { ElapsedTime } from '../time/elapsed-time.ts';

/** How a write ended: `unknown` if it may have been done, or may be done yet. */
export type WriteEnd = 'known' | 'unknown';

export interface RecentWriteLimits {
  /** For how long after a write the source's ordinary answers may lag behind it. */
  readonly windowMs: number;
  /** Keys that are marked one by one; a write beyond that marks its whole group. */
  readonly keys: number;
}

const DEFAULT_LIMITS: RecentWriteLimits = { windowMs: 10_000, keys: 10_000 };

/** Remembers what was written of late, and what is being written, past the cache. */
export class RecentWrites {
  readonly #time: ElapsedTime;
  readonly #limits: RecentWriteLimits;
  readonly #keys = new Map<string, Mark>();
  /** Groups that are marked as a whole. */
  readonly #groups = new Map<string, Mark>();
  /** The last writes to anything in a group. */
  readonly #busy = new Map<string, Mark>();

  constructor(time: ElapsedTime, limits: Partial<RecentWriteLimits> = {}) {
    this.#time = time;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** A write begins to what `address` names; returns what must be called when it has ended. */
  begin({ group, key }: Address): (end: WriteEnd) => void {
    const marks = [
      markIn(this.#busy, group),
      key !== undefined && this.#hasRoomFor(key) ? markIn(this.#keys, key.text) : markIn(this.#groups, group),
    ];
    for (const mark of marks) mark.begin();
    return (end) => {
      for (const mark of marks) mark.end(this.#time.now(), end);
    };
  }

  /** Whether an ordinary read of `key` may show less than was written. */
  isRecent(key: EntryKey): boolean {
    return this.isGroupRecent(key.group) && this.#marksOf(key).some((mark) => this.#isRecent(mark));
  }

  /** Whether an ordinary read of anything in the group may show less than was written. */
  isGroupRecent(group: string): boolean {
    const mark = this.#busy.get(group);
    return mark !== undefined && this.#isRecent(mark);
  }

  /** Whether what the source said of `key`, asked at `askedAt` of the elapsed time, may be out of date at any moment. */
  mayBeStale(key: EntryKey, askedAt: number): boolean {
    return this.#marksOf(key).some((mark) => mark.mayBeStale(askedAt, this.#limits.windowMs));
  }

  #marksOf(key: EntryKey): readonly Mark[] {
    if (this.#busy.size === 0) return [];
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

  /** From the oldest on, as far as they are over; twice the window, because an answer in doubt may still be on its way. */
  #dropOld(): void {
    const now = this.#time.now();
    for (const [text, mark] of this.#keys) {
      if (mark.isRecent(now, 2 * this.#limits.windowMs)) return;
      this.#keys.delete(text);
    }
  }
}

/** The mark under `name`, made if there is none; the last in the order of use from now on. */
const markIn = (marks: Map<string, Mark>, name: string): Mark => {
  const mark = marks.get(name) ?? new Mark();
  marks.delete(name);
  marks.set(name, mark);
  return mark;
};

/** The writes to one thing. */
class Mark {
  #underWay = 0;
  /** Elapsed time at the last end, and at the last that was unknown. */
  #endedAt: number | undefined;
  #doubtedAt: number | undefined;

  begin(): void {
    this.#underWay += 1;
  }

  end(now: number, end: WriteEnd): void {
    this.#underWay -= 1;
    this.#endedAt = now;
    if (end === 'unknown') this.#doubtedAt = now;
  }

  isRecent(now: number, windowMs: number): boolean {
    if (this.#underWay > 0) return true;
    return this.#endedAt !== undefined && now - this.#endedAt < windowMs;
  }

  mayBeStale(askedAt: number, windowMs: number): boolean {
    if (this.#underWay > 0) return true;
    return this.#doubtedAt !== undefined && askedAt - this.#doubtedAt < windowMs;
  }
}

/** The source as all who fill the cache see it: asked consistently about what was written of late. */
export const consistentAfterWrite = (source: ItemSource, marks: RecentWrites): ItemSource => {
  const consistently = (want: ReadOptions, isNeeded: boolean): ReadOptions =>
    isNeeded ? { ...want, consistent: true } : want;
  const isRecent = (key: EntryKey) => marks.isRecent(key);
  const { batchLimit, readMany, checkGroup, readGroup, dropConnections } = source;
  return {
    read: (key, want) => source.read(key, consistently(want, isRecent(key))),
    ...(batchLimit === undefined ? {} : { batchLimit }),
    ...(readMany && {
      readMany: (keys, want) => readMany.call(source, keys, consistently(want, keys.some(isRecent))),
    }),
    ...(checkGroup && { checkGroup: (group, want) => checkGroup.call(source, group, want) }),
    ...(readGroup && {
      readGroup: (group, cursor, want) =>
        readGroup.call(source, group, cursor, consistently(want, marks.isGroupRecent(group))),
    }),
    ...(dropConnections && { dropConnections: () => dropConnections.call(source) }),
  };
};
