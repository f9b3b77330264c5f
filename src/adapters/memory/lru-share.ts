import { LRUCache } from 'lru-cache';
import type { CacheEntry } from '../../domain/cache/cache-entry.ts';
import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { EntryArena } from './entry-arena.ts';
import { MIN_ENTRY_COST } from './entry-cost.ts';

/** What a share may hold. */
export interface ShareBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** A part of the store with bounds of its own: what fills it cannot push anything out of another. */
export class LruShare {
  readonly #bounds: ShareBounds;
  /** From keys to slots of the arena. */
  readonly #slots: LRUCache<string, number>;
  readonly #arena = new EntryArena();
  #evictions = 0;

  constructor(bounds: ShareBounds) {
    this.#bounds = bounds;
    // A cache with `max` reserves its tables at once, so it gets one only where that is the bound that counts.
    const countIsTighter = bounds.maxEntries > 0 && bounds.maxEntries < bounds.maxBytes / MIN_ENTRY_COST;
    this.#slots = new LRUCache({
      maxSize: Math.max(1, bounds.maxBytes),
      ...(countIsTighter ? { max: bounds.maxEntries } : {}),
      sizeCalculation: (slot) => this.#arena.costAt(slot),
      dispose: (slot, _key, reason) => {
        this.#arena.free(slot);
        if (reason === 'evict') this.#evictions += 1;
      },
    });
  }

  get entries(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#slots.calculatedSize;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** The entry of `key`, which counts as used by this. */
  get(key: EntryKey): CacheEntry | undefined {
    const slot = this.#slots.get(key.text);
    return slot === undefined ? undefined : this.#arena.entryAt(slot, key);
  }

  /** What the entry of `key` costs; 0 if there is none. Does not count as use. */
  costOf(key: EntryKey): number {
    const slot = this.#slots.peek(key.text);
    return slot === undefined ? 0 : this.#arena.costAt(slot);
  }

  /** Whether something of this cost could be kept if all else went. */
  admits(cost: number): boolean {
    return cost <= this.#bounds.maxBytes && this.#bounds.maxEntries > 0;
  }

  /** Whether an entry of this cost could be kept, in place of one of `olderCost`, with nothing else going. */
  hasRoomFor(cost: number, olderCost: number): boolean {
    return (
      this.bytes - olderCost + cost <= this.#bounds.maxBytes &&
      this.entries + (olderCost === 0 ? 1 : 0) <= this.#bounds.maxEntries
    );
  }

  /** Keeps `entry` at a cost that the share must admit, evicting what was used least recently. */
  put(entry: CacheEntry, cost: number): void {
    // Joined anew, because a text that was added together is kept in its parts as well as whole.
    const text = [entry.key.group, entry.key.id].join('\0');
    this.#slots.set(text, this.#arena.add(entry, cost));
  }

  delete(key: EntryKey): void {
    this.#slots.delete(key.text);
  }

  /** Walks over all entries of the share: rare enough not to pay for an index with every entry. */
  deleteGroup(group: string): void {
    const prefix = `${group}\0`;
    const doomed = [...this.#slots.keys()].filter((text) => text.startsWith(prefix));
    for (const text of doomed) this.#slots.delete(text);
  }
}
