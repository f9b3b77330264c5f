import type { CacheEntry, EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { CacheStore, StoreOutcome, StoreUsage } from '../../../src/ports/outbound/cache-store.ts';

/** The size of an entry in `MapCacheStore`: the bytes of its bodies plus the characters of its key. */
export const plainCost = (entry: CacheEntry): number =>
  entry.bodies.reduce((sum, body) => sum + body.bytes.byteLength, entry.key.text.length);

/** An LRU store over a map, with sizes that are easy to calculate. */
export class MapCacheStore implements CacheStore {
  readonly #maxBytes: number;
  readonly #maxEntries: number | undefined;
  readonly #entries = new Map<string, CacheEntry>();
  #bytes = 0;
  #evictions = 0;

  constructor(bounds: { maxBytes?: number; maxEntries?: number } = {}) {
    this.#maxBytes = bounds.maxBytes ?? 1024 * 1024;
    this.#maxEntries = bounds.maxEntries;
  }

  get(key: EntryKey): CacheEntry | undefined {
    const entry = this.#entries.get(key.text);
    if (entry !== undefined) {
      this.#entries.delete(key.text);
      this.#entries.set(key.text, entry);
    }
    return entry;
  }

  put(entry: CacheEntry): Exclude<StoreOutcome, 'full'> {
    this.delete(entry.key);
    if (this.#isTooLarge(entry)) return 'too_large';
    while (!this.#fits(entry, 1)) this.#evictOldest();
    this.#add(entry);
    return 'stored';
  }

  putIfRoom(entry: CacheEntry): StoreOutcome {
    if (this.#isTooLarge(entry)) return this.put(entry);
    if (!this.#fits(entry, 0.9)) return 'full';
    return this.put(entry);
  }

  delete(key: EntryKey): void {
    const entry = this.#entries.get(key.text);
    if (entry === undefined) return;
    this.#entries.delete(key.text);
    this.#bytes -= plainCost(entry);
  }

  deleteGroup(group: string): void {
    for (const { key } of [...this.#entries.values()]) {
      if (key.group === group) this.delete(key);
    }
  }

  usage(): StoreUsage {
    return {
      entries: this.#entries.size,
      bytes: this.#bytes,
      maxBytes: this.#maxBytes,
      ...(this.#maxEntries === undefined ? {} : { maxEntries: this.#maxEntries }),
      evictions: this.#evictions,
    };
  }

  #isTooLarge(entry: CacheEntry): boolean {
    return plainCost(entry) > this.#maxBytes / 8;
  }

  /** Whether `entry` fits within a share of both bounds if it replaces the older entry of its key. */
  #fits(entry: CacheEntry, share: number): boolean {
    const older = this.#entries.get(entry.key.text);
    const bytes = this.#bytes + plainCost(entry) - (older === undefined ? 0 : plainCost(older));
    const entries = this.#entries.size + (older === undefined ? 1 : 0);
    return bytes <= this.#maxBytes * share && entries <= (this.#maxEntries ?? Infinity) * share;
  }

  #add(entry: CacheEntry): void {
    this.#entries.set(entry.key.text, entry);
    this.#bytes += plainCost(entry);
  }

  #evictOldest(): void {
    const [oldest] = this.#entries.values();
    if (oldest === undefined) throw new RangeError('an entry that does not fit an empty store is too large');
    this.delete(oldest.key);
    this.#evictions += 1;
  }
}
