import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { ElapsedTime } from '../time/elapsed-time.ts';

/** Bounds the memory that marks take. */
const DEFAULT_MARK_LIMIT = 10_000;

/**
 * Decides which results of reads may be stored. A result is rejected if, after its read began, its key or group was
 * invalidated or a later read of the key was stored. Counts reads instead of using wall time, which can step back.
 */
export class Fence {
  readonly #time: ElapsedTime;
  readonly #markLimit: number;
  #order = 0;
  /** Running reads, oldest first, and the elapsed time at which each began. */
  readonly #open = new Map<number, number>();
  readonly #keys = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  /** The latest read of each key that was refused, for earlier reads that are answered later. */
  readonly #refusals = new Map<string, number>();
  /** Results of reads up to this one are rejected, because their marks were dropped. */
  #floor = 0;

  constructor(time: ElapsedTime, markLimit = DEFAULT_MARK_LIMIT) {
    this.#time = time;
    this.#markLimit = markLimit;
  }

  /** Returns the order of a read that begins now. Call `end` with it once. */
  begin(): number {
    this.#order += 1;
    this.#open.set(this.#order, this.#time.now());
    return this.#order;
  }

  /** Elapsed time at which the read began, in milliseconds; 0 if it has ended. */
  askedAt(order: number): number {
    return this.#open.get(order) ?? 0;
  }

  /** The result of the read was stored, or will not be stored. */
  end(order: number): void {
    this.#open.delete(order);
    if (this.#open.size > 0) return;
    this.#keys.clear();
    this.#groups.clear();
    this.#refusals.clear();
  }

  /** The order of something that is learned now: greater than that of every read that has begun. */
  advance(): number {
    this.#order += 1;
    return this.#order;
  }

  /** Rejects the results of all reads of the key that have begun. */
  invalidate(key: EntryKey): void {
    this.#mark(key.text, this.advance());
  }

  /** Rejects the results of all reads of the group that have begun. */
  invalidateGroup(group: string): void {
    this.#groups.set(group, this.advance());
  }

  /** Rejects the results of all reads of the key that began before the one stored now. */
  stored(key: EntryKey, order: number): void {
    this.#mark(key.text, order);
  }

  /** Records that the source refused this read of the key. */
  refused(key: EntryKey, order: number): void {
    if (this.#refusals.size >= this.#markLimit) this.#refusals.clear();
    // An earlier read may be refused after a later one.
    this.#refusals.set(key.text, Math.max(order, this.#refusals.get(key.text) ?? 0));
  }

  /** Whether the source refused a later read of the key. */
  isRefusedSince(key: EntryKey, order: number): boolean {
    return (this.#refusals.get(key.text) ?? 0) > order;
  }

  /** Whether the result of the read may be stored. */
  admits(key: EntryKey, order: number): boolean {
    return (
      order > this.#floor &&
      order > (this.#groups.get(key.group) ?? 0) &&
      order > (this.#keys.get(key.text) ?? 0)
    );
  }

  #mark(text: string, order: number): void {
    if (this.#open.size === 0) return;
    this.#keys.set(text, order);
    if (this.#keys.size > this.#markLimit) this.#dropMarks();
  }

  /** Drops marks older than every running read. If too many remain, drops all and rejects the running reads. */
  #dropMarks(): void {
    const [oldest = this.#order] = this.#open.keys();
    for (const [text, order] of this.#keys) if (order < oldest) this.#keys.delete(text);
    if (this.#keys.size <= this.#markLimit / 2) return;
    this.#floor = this.#order;
    this.#keys.clear();
    this.#groups.clear();
  }
}
