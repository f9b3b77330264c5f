import type { CacheEntry } from './cache-entry.ts';

/** A fresh entry. */
export interface Hit {
  readonly outcome: 'hit';
  readonly entry: CacheEntry;
  /** Milliseconds since the source was asked. */
  readonly ageMs: number;
  /** Milliseconds until the entry expires: positive. */
  readonly ttlMs: number;
}

/** An expired entry that may still be answered in one of the stale windows. */
export interface Stale {
  readonly outcome: 'stale';
  readonly entry: CacheEntry;
  readonly ageMs: number;
  /** Milliseconds until expiry: zero or negative. */
  readonly ttlMs: number;
  /** May be answered at once while the source is asked again behind. */
  readonly whileRevalidate: boolean;
  /** May be answered while the source is temporarily failing. */
  readonly ifError: boolean;
}

/** Nothing that may be answered: nothing is kept of the key, or it is expired beyond its windows. */
export interface Miss {
  readonly outcome: 'miss';
  readonly reason: 'absent' | 'expired';
}

/** What the store and the policy say of a key at one moment. */
export type CacheLookup = Hit | Stale | Miss;
