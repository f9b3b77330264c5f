import type { CacheEntry, EntryKey } from '../../domain/cache/cache-entry.ts';

/** The current contents and the bounds of a store. */
export interface StoreUsage {
  readonly entries: number;
  /** Estimated memory: bodies, keys and the overhead of storing them. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Absent if the number of entries is bounded by `maxBytes` only. */
  readonly maxEntries?: number;
  /** Evicted entries since the process started. */
  readonly evictions: number;
}

/** Whether a store accepted an entry. */
export type StoreOutcome = 'stored' | 'too_large' | 'full';

/**
 * A bounded store of entries. It is synchronous, because a hit must not await anything. Implement an asynchronous tier as an
 * `ItemSource` that wraps another one.
 */
export interface CacheStore {
  /** Returns the entry of `key` and marks it as recently used. */
  get(key: EntryKey): CacheEntry | undefined;
  /**
   * Stores `entry`, replaces an older entry of its key, and evicts the least recently used entries if necessary.
   * An entry larger than an eighth of the bound is `too_large`: it is not stored, and the older entry is removed.
   */
  put(entry: CacheEntry): Exclude<StoreOutcome, 'full'>;
  /** Like `put`, but never evicts. Returns `full`, without a change, if the entry would fill more than nine tenths of the bound. */
  putIfRoom(entry: CacheEntry): StoreOutcome;
  delete(key: EntryKey): void;
  deleteGroup(group: string): void;
  usage(): StoreUsage;
}
