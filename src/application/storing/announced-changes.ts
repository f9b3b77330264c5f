import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { hashOf, type PageChanges, pageOf, STRIPES, stripeOf } from '../../domain/cache/journal-page.ts';
import type { ElapsedTime } from '../time/elapsed-time.ts';

/** Bounds the memory that marks of single keys take: about 1 MB. */
const DEFAULT_KEY_LIMIT = 20_000;

/** What this process knows of writes that other environments announced in one scope. */
export class AnnouncedChanges {
  readonly #time: ElapsedTime;
  readonly #windowMs: number;
  /** Order of the read fence at which each change was learned of. */
  readonly #orders: Marks;
  /** Elapsed time at which it was learned of; the second one for writes of unknown outcome. */
  readonly #times: Marks;
  readonly #unknownTimes: Marks;

  /** @param windowMs milliseconds in which an eventually consistent read may miss a write */
  constructor(time: ElapsedTime, windowMs: number, keyLimit = DEFAULT_KEY_LIMIT) {
    this.#time = time;
    this.#windowMs = windowMs;
    this.#orders = new Marks(keyLimit);
    this.#times = new Marks(keyLimit);
    this.#unknownTimes = new Marks(keyLimit);
  }

  /** @param order rejects the answers to all reads that have begun */
  learn(changes: PageChanges, order: number): void {
    const now = this.#time.now();
    this.#orders.mark(changes, order);
    this.#times.mark(changes, now);
    const { everything, keys, stripes, mayBeUnknown } = changes;
    this.#unknownTimes.mark(
      {
        ...changes,
        everything: everything && mayBeUnknown,
        keys: keys.filter(({ isUnknown }) => isUnknown),
        stripes: mayBeUnknown ? stripes : [],
      },
      now,
    );
  }

  /** Whether a change was learned of after the read with this order began. */
  isOutdated(key: EntryKey, order: number): boolean {
    return order <= this.#orders.latest && order <= this.#orders.of(hashOf(key));
  }

  /** Whether an eventually consistent read may miss a change. */
  isRecent(key: EntryKey): boolean {
    return this.isAnyRecent() && this.#isWithin(this.#times.of(hashOf(key)), this.#time.now());
  }

  isAnyRecent(): boolean {
    return this.#isWithin(this.#times.latest, this.#time.now());
  }

  /** Whether a write of unknown outcome may be applied after a read that began at `askedAt` (elapsed time). */
  mayBeStale(key: EntryKey, askedAt: number): boolean {
    const marks = this.#unknownTimes;
    return this.#isWithin(marks.latest, askedAt) && this.#isWithin(marks.of(hashOf(key)), askedAt);
  }

  #isWithin(learnedAt: number, at: number): boolean {
    return at - learnedAt < this.#windowMs;
  }
}

/** The latest value of each key. Values never get smaller. */
class Marks {
  readonly #keyLimit: number;
  /** Of all keys. */
  #everything = Number.NEGATIVE_INFINITY;
  readonly #keys = new Map<number, number>();
  /** By `stripeIdOf`. */
  readonly #stripes = new Map<number, number>();
  /** Numbers of pages that occur among the stripes: most often one. */
  readonly #pageCounts = new Set<number>();
  /** The largest value of any key. */
  latest = Number.NEGATIVE_INFINITY;

  constructor(keyLimit: number) {
    this.#keyLimit = keyLimit;
  }

  mark({ everything, keys, stripes, pages, index }: PageChanges, value: number): void {
    if (!everything && keys.length === 0 && stripes.length === 0) return;
    this.latest = value;
    if (everything) {
      this.#everything = value;
      this.#keys.clear();
      this.#stripes.clear();
      return;
    }
    for (const { hash } of keys) {
      this.#keys.delete(hash);
      this.#keys.set(hash, value);
    }
    if (this.#keys.size > this.#keyLimit) this.#dropOldKeys();
    if (stripes.length > 0) this.#pageCounts.add(pages);
    for (const stripe of stripes) this.#stripes.set(stripeIdOf(pages, index, stripe), value);
  }

  of(hash: number): number {
    let value = Math.max(this.#everything, this.#keys.get(hash) ?? Number.NEGATIVE_INFINITY);
    for (const pages of this.#pageCounts) {
      const id = stripeIdOf(pages, pageOf(hash, pages), stripeOf(hash));
      value = Math.max(value, this.#stripes.get(id) ?? Number.NEGATIVE_INFINITY);
    }
    return value;
  }

  /** Marks all keys with the value of the newest dropped one: what was read later is still right. */
  #dropOldKeys(): void {
    for (const [hash, value] of this.#keys) {
      if (this.#keys.size <= this.#keyLimit / 2) return;
      this.#keys.delete(hash);
      this.#everything = value;
    }
  }
}

/** Pages are at most 16. */
const stripeIdOf = (pages: number, index: number, stripe: number): number =>
  (pages * 16 + index) * STRIPES + stripe;
