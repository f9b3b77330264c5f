import { type CacheEntry, type EntryKey, isAbsence } from '../../domain/cache/cache-entry.ts';
import type { CacheStore, StoreOutcome } from '../../ports/outbound/cache-store.ts';
import type { Digest } from '../../ports/outbound/digest.ts';
import type { SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Random } from '../../ports/outbound/random.ts';
import type { Groups } from '../groups.ts';
import type { Fence } from './fence.ts';
import type { ReadFloors } from './read-floors.ts';
import type { RecentWrites, WritesElsewhere } from './recent-writes.ts';

/** The largest share of its lifetime by which a preloaded entry expires early, so that they do not all expire together. */
const MAX_JITTER = 0.1;

/** Multiples of the golden ratio, modulo 1, are evenly spread for any number of entries. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/** `dropped`: the fence or a write of unknown outcome rejected the answer. `not_kept`: the policy does not cache such an answer. */
export type WriteOutcome = StoreOutcome | 'dropped' | 'not_kept';

export interface WrittenEntry {
  readonly entry: CacheEntry;
  readonly outcome: WriteOutcome;
  /** Whether the store had no bodies of the key before. */
  readonly isNew: boolean;
}

export interface EntryWriterParts {
  readonly groups: Groups;
  readonly store: CacheStore;
  readonly fence: Fence;
  readonly recentWrites: RecentWrites;
  /** Absent: nothing is known of other environments. */
  readonly elsewhere?: Pick<WritesElsewhere, 'isOutdated'> | undefined;
  /** Absent: no entries of other environments are served. */
  readonly floors?: Pick<ReadFloors, 'raise'> | undefined;
  readonly digest: Digest;
  readonly random: Random;
}

/** Turns answers of the source into entries, and stores them unless they may be out of date. */
export class EntryWriter {
  readonly #parts: EntryWriterParts;
  /** The last jitter, between 0 and 1, and the order of the read that it was drawn for. */
  #jitterFraction = 0;
  #jitterOrder: number | undefined;

  constructor(parts: EntryWriterParts) {
    this.#parts = parts;
  }

  /** Stores the answer to a request; may evict other entries. */
  write(answer: SourceAnswer, order: number): WrittenEntry {
    const entry = this.#entryOf(answer, order, 0);
    const written = this.#putIfCurrent(entry, () => this.#parts.store.put(entry));
    // Answers to earlier reads are older, even if this one was not kept or is evicted at once.
    if (written.outcome !== 'dropped') this.#parts.fence.stored(entry.key, order);
    return written;
  }

  /** Stores an answer before it is requested: evicts nothing, and shortens the lifetime at random. */
  preload(answer: SourceAnswer, order: number): WrittenEntry {
    const entry = this.#entryOf(answer, order, this.#fractionFor(order) * MAX_JITTER);
    const written = this.#putIfCurrent(entry, () => this.#parts.store.putIfRoom(entry));
    const { outcome } = written;
    // A stored entry needs no mark: `readOrder` says as much, and a million marks would take too much memory.
    if (outcome === 'not_kept' || outcome === 'too_large') this.#parts.fence.stored(entry.key, order);
    return written;
  }

  /** Ends the stale windows of a key's entry, because the source refused a later read. */
  refuse(key: EntryKey, order: number): void {
    const { fence, store } = this.#parts;
    fence.refused(key, order);
    const entry = store.get(key);
    if (entry === undefined || order < entry.readOrder || !fence.admits(key, order)) return;
    store.put({ ...entry, refused: true });
  }

  /** Draws one random number for each read and spreads its answers evenly from there: a draw calls the operating system. */
  #fractionFor(order: number): number {
    this.#jitterFraction =
      order === this.#jitterOrder ? (this.#jitterFraction + GOLDEN_RATIO) % 1 : this.#parts.random.fraction();
    this.#jitterOrder = order;
    return this.#jitterFraction;
  }

  #putIfCurrent(entry: CacheEntry, put: () => StoreOutcome): WrittenEntry {
    const { key, readOrder } = entry;
    const { groups, store, fence, recentWrites, elsewhere } = this.#parts;
    if (recentWrites.mayBeStale(key, fence.askedAt(readOrder))) return dropped(entry);
    if (elsewhere?.isOutdated(key, readOrder) === true) return dropped(entry);
    const stored = store.get(key);
    if (!fence.admits(key, readOrder) || (stored !== undefined && stored.readOrder > readOrder))
      return dropped(entry);
    const isNew = stored === undefined || isAbsence(stored);
    if (groups.get(key.group).policy.keeps(entry)) return { entry, outcome: put(), isNew };
    // The older entry is out of date, although the policy does not cache this answer.
    store.delete(key);
    return { entry, outcome: 'not_kept', isNew };
  }

  #entryOf(answer: SourceAnswer, order: number, jitter: number): CacheEntry {
    // Even if it is not stored: a reader may get it.
    this.#parts.floors?.raise(answer.key, answer.askedAt);
    return {
      key: answer.key,
      storedAt: answer.askedAt,
      readOrder: order,
      bodies: answer.bodies.map((body) => ({ ...body, digest: this.#parts.digest.digestOf(body.bytes) })),
      jitter,
      refused: this.#parts.fence.isRefusedSince(answer.key, order),
    };
  }
}

const dropped = (entry: CacheEntry): WrittenEntry => ({ entry, outcome: 'dropped', isNew: false });
