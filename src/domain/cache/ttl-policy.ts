import { type CacheEntry, type EntryKey, isAbsence } from './cache-entry.ts';

/** A fresh entry. */
export interface Hit {
  readonly outcome: 'hit';
  readonly entry: CacheEntry;
  /** Milliseconds since the read from the source started. */
  readonly ageMs: number;
  /** Milliseconds until the entry expires: positive. */
  readonly ttlMs: number;
}

/** An expired entry that is still inside a stale window. */
export interface Stale {
  readonly outcome: 'stale';
  readonly entry: CacheEntry;
  readonly ageMs: number;
  /** Milliseconds until expiry: zero or negative. */
  readonly ttlMs: number;
  /** Whether the entry may be served immediately while a background refresh runs. */
  readonly whileRevalidate: boolean;
  /** Whether the entry may be served while the source is temporarily failing. */
  readonly ifError: boolean;
}

/** No usable entry: no entry is stored, or it is expired and outside its stale windows. */
export interface Miss {
  readonly outcome: 'miss';
  readonly reason: 'absent' | 'expired';
}

/** The result of looking up a key at one moment. */
export type CacheLookup = Hit | Stale | Miss;

/** The four lifetimes of a group, in milliseconds. Zero or a negative value disables one. */
export interface Lifetimes {
  readonly ttlMs: number;
  /** How long a negative entry is fresh. */
  readonly negativeTtlMs: number;
  /** How long an expired entry may be served while a background refresh runs. */
  readonly staleWhileRevalidateMs: number;
  /** How long an expired entry may be served while the source is temporarily failing. */
  readonly staleIfErrorMs: number;
}

/** Whether stale entries may be refreshed in the background, which reads several of them together. */
export const mayRefresh = ({ ttlMs, staleWhileRevalidateMs, staleIfErrorMs }: Lifetimes): boolean =>
  staleIfErrorMs > 0 || (ttlMs > 0 && staleWhileRevalidateMs > 0);

const ABSENT: Miss = { outcome: 'miss', reason: 'absent' };
const EXPIRED: Miss = { outcome: 'miss', reason: 'expired' };

/** A hit in this last share of the lifetime starts a background refresh before the entry expires. */
const REFRESH_SHARE = 0.1;

/** Classifies an entry as hit, stale or miss at a given time. Holds no state and no clock. */
export class TtlPolicy {
  readonly lifetimes: Lifetimes;

  constructor(lifetimes: Lifetimes) {
    this.lifetimes = lifetimes;
  }

  /** Classifies `entry` at wall time `now`, in milliseconds since the epoch. */
  lookup(entry: CacheEntry | undefined, now: number): CacheLookup {
    if (entry === undefined) return ABSENT;
    const lifetimeMs = this.#lifetimeOf(entry);
    // The wall clock stepped back, so the age of the entry is unknown. Treat it as just expired.
    const ageMs = entry.storedAt > now ? lifetimeMs : now - entry.storedAt;
    const ttlMs = lifetimeMs - ageMs;
    if (ttlMs > 0) return { outcome: 'hit', entry, ageMs, ttlMs };
    if (isAbsence(entry) || entry.refused) return EXPIRED;
    const whileRevalidate = this.#allows(this.#revalidateWindowMs(), -ttlMs);
    const ifError = this.#allows(this.lifetimes.staleIfErrorMs, -ttlMs);
    if (!whileRevalidate && !ifError) return EXPIRED;
    return { outcome: 'stale', entry, ageMs, ttlMs, whileRevalidate, ifError };
  }

  /** Whether the lifetimes allow `entry` to be served at any time, so that it is worth storing. */
  keeps(entry: CacheEntry): boolean {
    if (isAbsence(entry)) return this.lifetimes.negativeTtlMs > 0;
    return this.lifetimes.ttlMs > 0 || this.lifetimes.staleIfErrorMs > 0;
  }

  /** Whether this lookup should start a background refresh: shortly before expiry, or in the stale-while-revalidate window. */
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

/** One group of entries as the use cases see it. */
export interface CacheGroup {
  readonly name: string;
  readonly policy: TtlPolicy;
  /** Content types that are stored from the start. Another one is stored from the first request for it. */
  readonly contentTypes: readonly string[];
  readonly preload: {
    /** Entries that are loaded by key, before the rest of the group. */
    readonly keys: readonly EntryKey[];
    /** Whether the whole group is loaded from the source. */
    readonly everything: boolean;
  };
}
