import { LRUCache } from 'lru-cache';
import type { CacheEntry } from '../../domain/cache/cache-entry.ts';
import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { BodyArena } from './body-arena.ts';
import { entryCost, MIN_ENTRY_COST } from './entry-cost.ts';
import { KeptEntry } from './kept-entry.ts';

/** What a share may hold. */
export interface ShareBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** A part of the store with bounds of its own: what fills it cannot push anything out of another. */
export class LruShare {
  readonly #bounds: ShareBounds;
  readonly #entries: LRUCache<string, KeptEntry>;
  readonly #arena = new BodyArena();
  #evictions = 0;

  constructor(bounds: ShareBounds) {
    this.#bounds = bounds;
    // A cache with `max` reserves its tables at once, so it gets one only where that is the bound that counts.
    const countIsTighter = bounds.maxEntries > 0 && bounds.maxEntries < bounds.maxBytes / MIN_ENTRY_COST;
    this.#entries = new LRUCache({
      maxSize: Math.max(1, bounds.maxBytes),
      ...(countIsTighter ? { max: bounds.maxEntries } : {}),
      dispose: (kept, _key, reason) => {
        kept.leave(this.#arena);
        if (reason === 'evict') this.#evictions += 1;
      },
    });
  }

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** The entry of `key`, which counts as used by this. */
  get(key: EntryKey): CacheEntry | undefined {
    return this.#entries.get(key.text)?.asEntryOf(key);
  }

  /** What the entry of `key` costs; 0 if there is none. Does not count as use. */
  costOf(key: EntryKey): number {
    return this.#entries.peek(key.text)?.cost ?? 0;
  }

  /** Whether something of this cost could be kept if all else went. */
  admits(cost: number): boolean {
    return cost <= this.#bounds.maxBytes && this.#bounds.maxEntries > 0;
  }

  /** Whether `entry` could be kept, in place of an older one, with nothing else going. */
  hasRoomFor(entry: CacheEntry): boolean {
    const older = this.costOf(entry.key);
    return (
      this.bytes - older + entryCost(entry) <= this.#bounds.maxBytes &&
      this.entries + (older === 0 ? 1 : 0) <= this.#bounds.maxEntries
    );
  }

  /** Keeps `entry`, which the share must admit, evicting what was used least recently. */
  put(entry: CacheEntry): void {
    const cost = entryCost(entry);
    // Joined anew, because a text that was added together is kept in its parts as well as whole.
    const text = [entry.key.group, entry.key.id].join('\0');
    this.#entries.set(text, new KeptEntry(entry, cost, this.#arena), { size: cost });
  }

  delete(key: EntryKey): void {
    this.#entries.delete(key.text);
  }

  /** Walks over all entries of the share: rare enough not to pay for an index with every entry. */
  deleteGroup(group: string): void {
    const prefix = `${group}\0`;
    const doomed = [...this.#entries.keys()].filter((text) => text.startsWith(prefix));
    for (const text of doomed) this.#entries.delete(text);
  }
}
