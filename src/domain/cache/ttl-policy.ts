import { type CacheEntry, type EntryKey, isAbsence } from './cache-entry.ts';

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

/** The four lifetimes of a group, in milliseconds; what is zero or negative is off. */
export interface Lifetimes {
  readonly ttlMs: number;
  /** How long the absence of a key is remembered. */
  readonly negativeTtlMs: number;
  /** How long after expiry an entry is answered while it is read again behind. */
  readonly staleWhileRevalidateMs: number;
  /** How long an expired entry may be served while the source is temporarily failing. */
  readonly staleIfErrorMs: number;
}

const ABSENT: Miss = { outcome: 'miss', reason: 'absent' };
const EXPIRED: Miss = { outcome: 'miss', reason: 'expired' };

/** The last tenth of a lifetime, in which an entry in use is worth reading again ahead of its expiry. */
const REFRESH_SHARE = 0.1;

/** Turns an entry and a time into a lookup. Holds no state and no clock. */
export class TtlPolicy {
  readonly lifetimes: Lifetimes;

  constructor(lifetimes: Lifetimes) {
    this.lifetimes = lifetimes;
  }

  /** What may be done with `entry` at wall time `now`. */
  lookup(entry: CacheEntry | undefined, now: number): CacheLookup {
    if (entry === undefined) return ABSENT;
    const lifetimeMs = this.#lifetimeOf(entry);
    // A read from the future: the clock went back. Nobody knows its age, so it expires now.
    const ageMs = entry.storedAt > now ? lifetimeMs : now - entry.storedAt;
    const ttlMs = lifetimeMs - ageMs;
    if (ttlMs > 0) return { outcome: 'hit', entry, ageMs, ttlMs };
    if (isAbsence(entry) || entry.refused) return EXPIRED;
    const whileRevalidate = this.#allows(this.#revalidateWindowMs(), -ttlMs);
    const ifError = this.#allows(this.lifetimes.staleIfErrorMs, -ttlMs);
    if (!whileRevalidate && !ifError) return EXPIRED;
    return { outcome: 'stale', entry, ageMs, ttlMs, whileRevalidate, ifError };
  }

  /** Whether there is any moment at which `entry` could be answered, so that it is worth keeping. */
  keeps(entry: CacheEntry): boolean {
    if (isAbsence(entry)) return this.lifetimes.negativeTtlMs > 0;
    return this.lifetimes.ttlMs > 0 || this.lifetimes.staleIfErrorMs > 0;
  }

  /** Whether what was looked up, being in use, should be read again behind: shortly before its expiry, or in the window after it. */
  isDueForRefresh(lookup: Hit | Stale): boolean {
    if (lookup.outcome === 'stale') return lookup.whileRevalidate;
    if (isAbsence(lookup.entry) || this.#revalidateWindowMs() <= 0) return false;
    return lookup.ttlMs <= (lookup.ageMs + lookup.ttlMs) * REFRESH_SHARE;
  }

  #lifetimeOf(entry: CacheEntry): number {
    const ttlMs = isAbsence(entry) ? this.lifetimes.negativeTtlMs : this.lifetimes.ttlMs;
    return Math.max(0, ttlMs) * (1 - entry.jitter);
  }

  #revalidateWindowMs(): number {
    return this.lifetimes.ttlMs > 0 ? this.lifetimes.staleWhileRevalidateMs : 0;
  }

  #allows(windowMs: number, overdueMs: number): boolean {
    return windowMs > 0 && overdueMs <= windowMs;
  }
}

/** What the use cases know of one group of entries. */
export interface CacheGroup {
  readonly name: string;
  readonly policy: TtlPolicy;
  /** Content types that are kept from the start; others are kept from the first request for them. */
  readonly contentTypes: readonly string[];
  readonly preload: {
    /** Entries to load one by one, before the rest. */
    readonly keys: readonly EntryKey[];
    /** Whether everything that the source has of the group is loaded. */
    readonly everything: boolean;
  };
}
