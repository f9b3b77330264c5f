import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { hashOf } from '../../domain/cache/journal-page.ts';

/** Bounds the memory that single keys take: about 1 MB for each group. */
const DEFAULT_KEY_LIMIT = 20_000;

/** Milliseconds by which the wall clocks of two environments may differ. */
const CLOCK_SKEW_MS = 10_000;

/**
 * Knows when the source was asked for what this environment has shown or invalidated, so that an answer that another
 * environment read earlier never follows it.
 */
export class ReadFloors {
  readonly #tiered: Pick<ReadonlySet<string>, 'has'>;
  readonly #keyLimit: number;
  /** By group: wall time of the latest read of each key, by the hash of the key. */
  readonly #keys = new Map<string, Map<number, number>>();
  /** Wall time that applies to all keys of a group. */
  readonly #groups = new Map<string, number>();

  /** @param tiered the groups whose entries environments share; of others nothing is kept */
  constructor(tiered: Pick<ReadonlySet<string>, 'has'>, keyLimit = DEFAULT_KEY_LIMIT) {
    this.#tiered = tiered;
    this.#keyLimit = keyLimit;
  }

  /** Whether an answer to a read at `askedAt` (wall time of any environment) cannot be older than what was shown here. */
  admits(key: EntryKey, askedAt: number): boolean {
    const own = this.#keys.get(key.group)?.get(hashOf(key));
    const group = this.#groups.get(key.group) ?? Number.NEGATIVE_INFINITY;
    if (askedAt < group + CLOCK_SKEW_MS) return false;
    // The fraction of a millisecond tells reads apart: this is the one that was shown.
    return own === undefined || askedAt === own || askedAt >= own + CLOCK_SKEW_MS;
  }

  /** Whether `admits` could be true for a read that began before `now` (wall time). */
  mayAdmitBefore(key: EntryKey, now: number): boolean {
    const own = this.#keys.get(key.group)?.get(hashOf(key)) ?? Number.NEGATIVE_INFINITY;
    const group = this.#groups.get(key.group) ?? Number.NEGATIVE_INFINITY;
    return own <= now && group + CLOCK_SKEW_MS <= now;
  }

  /** The answer to a read at `askedAt` is shown, or may be. */
  raise(key: EntryKey, askedAt: number): void {
    const { group } = key;
    if (!this.#tiered.has(group)) return;
    const hash = hashOf(key);
    const keys = this.#keys.get(group) ?? new Map<number, number>();
    this.#keys.set(group, keys);
    const before = keys.get(hash) ?? Number.NEGATIVE_INFINITY;
    keys.delete(hash);
    keys.set(hash, Math.max(before, askedAt));
    if (keys.size > this.#keyLimit) this.#dropOldKeys(group, keys);
  }

  /** The same for all keys of a group. */
  raiseGroup(group: string, askedAt: number): void {
    if (!this.#tiered.has(group)) return;
    this.#groups.set(group, Math.max(askedAt, this.#groups.get(group) ?? Number.NEGATIVE_INFINITY));
  }

  /** What is dropped applies to the whole group. It has no effect when it is older than the lifetimes. */
  #dropOldKeys(group: string, keys: Map<number, number>): void {
    for (const [hash, askedAt] of keys) {
      if (keys.size <= this.#keyLimit / 2) return;
      keys.delete(hash);
      this.raiseGroup(group, askedAt);
    }
  }
}
