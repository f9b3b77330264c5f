import type { CacheEntry, EntryKey } from '../../domain/cache/cache-entry.ts';

import type { CacheStore, StoreOutcome } from '../../ports/outbound/cache-store.ts';
import type { Digest } from '../../ports/outbound/digest.ts';
import type { SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Random } from '../../ports/outbound/random.ts';
import type { Groups } from '../groups.ts';
import type { Fence } from './fence.ts';
import type { RecentWrites } from './recent-writes.ts';

/** The share of its lifetime by which a preloaded entry may be shortened. */
const MAX_JITTER = 0.1;

/** Multiples of it, taken modulo 1, lie as far apart as can be, however many there are. */
const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2;

/** What became of an answer: `dropped` if the fence or a write in doubt barred it, `not_kept` if the policy has no use for it. */
export type WriteOutcome = StoreOutcome | 'dropped' | 'not_kept';

export interface WrittenEntry {
  readonly entry: CacheEntry;
  readonly outcome: WriteOutcome;
}

export interface EntryWriterParts {
  readonly groups: Groups;
  readonly store: CacheStore;
  readonly fence: Fence;
  readonly recentWrites: RecentWrites;
  readonly digest: Digest;
  readonly random: Random;
}

/** Turns answers of the source into entries, and stores those that may be stored. */
export class EntryWriter {
  readonly #groups: Groups;
  readonly #store: CacheStore;
  readonly #fence: Fence;
  readonly #recentWrites: RecentWrites;
  readonly #digest: Digest;
  readonly #random: Random;
  /** What was drawn last, and the place in the order of the read that it was for. */
  #fraction = 0;
  #drawnFor: number | undefined;

  constructor({ groups, store, fence, recentWrites, digest, random }: EntryWriterParts) {
    this.#groups = groups;
    this.#store = store;
    this.#fence = fence;
    this.#recentWrites = recentWrites;
    this.#digest = digest;
    this.#random = random;
  }

  /** Stores an answer that somebody asked for. */
  write(answer: SourceAnswer, order: number): WrittenEntry {
    const entry = this.#entryOf(answer, order, 0);
    const outcome = this.#place(entry, () => this.#store.put(entry));
    // Kept or not, and even if it is evicted again at once: what was asked before is older.
    if (outcome !== 'dropped') this.#fence.stored(entry.key, order);
    return { entry, outcome };
  }

  /** Stores an answer ahead of all questions: only where there is room, and with a lifetime of its own. */
  preload(answer: SourceAnswer, order: number): WrittenEntry {
    const entry = this.#entryOf(answer, order, this.#fractionFor(order) * MAX_JITTER);
    const outcome = this.#place(entry, () => this.#store.putIfRoom(entry));
    // What is stored speaks for itself, by its place in the order: a mark for each of a million entries would not do.
    if (outcome === 'not_kept' || outcome === 'too_large') this.#fence.stored(entry.key, order);
    return { entry, outcome };
  }

  /** Ends the stale windows of a key's entry, because a read that was asked after it was refused. */
  refuse(key: EntryKey, order: number): void {
    this.#fence.refused(key, order);
    const entry = this.#store.get(key);
    if (entry === undefined || order < entry.readOrder || !this.#fence.admits(key, order)) return;
    this.#store.put({ ...entry, refused: true });
  }

  /** Drawn anew for every read, and spread evenly over its answers: to draw is to ask the operating system. */
  #fractionFor(order: number): number {
    this.#fraction =
      order === this.#drawnFor ? (this.#fraction + GOLDEN_SECTION) % 1 : this.#random.fraction();
    this.#drawnFor = order;
    return this.#fraction;
  }

  #place(entry: CacheEntry, put: () => StoreOutcome): WriteOutcome {
    const { key, readOrder } = entry;
    if (this.#recentWrites.mayBeStale(key, this.#fence.askedAt(readOrder))) return 'dropped';
    const held = this.#store.get(key);
    if (!this.#fence.admits(key, readOrder) || (held !== undefined && held.readOrder > readOrder))
      return 'dropped';
    if (this.#groups.get(key.group).policy.keeps(entry)) return put();
    // What is known now replaces what was known before, even where it is not worth keeping itself.
    this.#store.delete(key);
    return 'not_kept';
  }

  #entryOf(answer: SourceAnswer, order: number, jitter: number): CacheEntry {
    return {
      key: answer.key,
      storedAt: answer.askedAt,
      readOrder: order,
      bodies: answer.bodies.map(({ contentType, bytes }) => ({
        contentType,
        bytes,
        digest: this.#digest.digestOf(bytes),
      })),
      jitter,
      refused: this.#fence.isRefusedSince(answer.key, order),
    };
  }
}
