import type { CacheEntry, EntryKey } from '../../domain/cache/cache-entry.ts';

/** What a store holds now, and what it may hold. */
export interface StoreUsage {
  readonly entries: number;
  /** Bodies, keys and the estimated cost of keeping them. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Absent if the number of entries is bounded by `maxBytes` only. */
  readonly maxEntries?: number;
  /** Entries that had to go for others since the start. */
  readonly evictions: number;
}

/** What became of an entry that was offered to a store. */
export type StoreOutcome = 'stored' | 'too_large' | 'full';

/**
 * Where entries are kept, always within a bound. Synchronous, because a hit awaits nothing;
 * a tier that must be awaited is an `ItemSource` wrapped round another.
 */
export interface CacheStore {
  /** The entry of `key`, which counts as used by this. */
  get(key: EntryKey): CacheEntry | undefined;
  /**
   * Keeps `entry` in place of an older one, evicting what was used least recently.
   * What is larger than an eighth of the bound is `too_large`: it is not kept, and the older one is removed.
   */
  put(entry: CacheEntry): Exclude<StoreOutcome, 'full'>;
  /** Like `put`, but evicts nothing: `full`, and nothing changed, if more than nine tenths of the bound would be in use. */
  putIfRoom(entry: CacheEntry): StoreOutcome;
  /** Forgets one entry. */
  delete(key: EntryKey): void;
  /** Forgets all entries of a group. */
  deleteGroup(group: string): void;
  usage(): StoreUsage;
}
