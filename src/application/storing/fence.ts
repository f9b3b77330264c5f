import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { ElapsedTime } from '../time/elapsed-time.ts';

/** More marks than this are not worth their memory. */
const DEFAULT_MARK_LIMIT = 10_000;

/**
 * Decides which results may be stored: one whose key and group were neither invalidated, nor stored from a read
 * asked later, since it was asked. Counts in an order of its own, because wall time can step back.
 */
export class Fence {
  readonly #time: ElapsedTime;
  readonly #markLimit: number;
  #order = 0;
  /** Reads on their way, in the order of asking, and the elapsed time at which each was asked. */
  readonly #open = new Map<number, number>();
  readonly #keys = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  /** The last refusal of each key, for reads asked before it that come in after it. */
  readonly #refusals = new Map<string, number>();
  /** Reads asked up to here are stored no more: the marks that could judge them were dropped. */
  #floor = 0;

  constructor(time: ElapsedTime, markLimit = DEFAULT_MARK_LIMIT) {
    this.#time = time;
    this.#markLimit = markLimit;
  }

  /** Gives a read its place in the order, at the moment of asking. Every one must be ended. */
  begin(): number {
    this.#order += 1;
    this.#open.set(this.#order, this.#time.now());
    return this.#order;
  }

  /** Elapsed time at which the read was asked; that of a read which has ended counts as long ago. */
  askedAt(order: number): number {
    return this.#open.get(order) ?? 0;
  }

  /** Says that the result of the read is stored, or never will be. */
  end(order: number): void {
    this.#open.delete(order);
    if (this.#open.size > 0) return;
    this.#keys.clear();
    this.#groups.clear();
    this.#refusals.clear();
  }

  /** Bars all reads of the key asked so far. */
  invalidate(key: EntryKey): void {
    this.#order += 1;
    this.#mark(key.text, this.#order);
  }

  /** Bars all reads of the group's keys asked so far. */
  invalidateGroup(group: string): void {
    this.#order += 1;
    this.#groups.set(group, this.#order);
  }

  /** Bars all reads of the key asked before the one that is stored now. */
  stored(key: EntryKey, order: number): void {
    this.#mark(key.text, order);
  }

  /** Remembers that the read of the key that was given `order` was refused. */
  refused(key: EntryKey, order: number): void {
    if (this.#refusals.size >= this.#markLimit) this.#refusals.clear();
    this.#refusals.set(key.text, order);
  }

  /** Whether a read of the key that was asked after the one with `order` was refused. */
  isRefusedSince(key: EntryKey, order: number): boolean {
    return (this.#refusals.get(key.text) ?? 0) > order;
  }

  /** Whether the result of the read that was given `order` may be stored under `key`. */
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

  /** Drops what judges no open read; if that is not enough, gives up the open reads instead of the bound. */
  #dropMarks(): void {
    const [oldest = this.#order] = this.#open.keys();
    for (const [text, order] of this.#keys) if (order < oldest) this.#keys.delete(text);
    if (this.#keys.size <= this.#markLimit / 2) return;
    this.#floor = this.#order;
    this.#keys.clear();
    this.#groups.clear();
  }
}
