import { describe, expect, it } from '@jest/globals';
import { type CacheEntry, EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { type Lifetimes, TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';

const ASKED_AT = 1_000_000;
const MISS = { outcome: 'miss', reason: 'expired' };

const item = (changes: Partial<CacheEntry> = {}): CacheEntry => ({
  key: new EntryKey('T', 'a'),
  storedAt: ASKED_AT,
  readOrder: 0,
  bodies: [{ contentType: 'application/json', bytes: Uint8Array.of(1), digest: 'd' }],
  jitter: 0,
  refused: false,
  ...changes,
});
const absence = (changes: Partial<CacheEntry> = {}): CacheEntry => item({ bodies: [], ...changes });

const policyOf = (changes: Partial<Lifetimes> = {}): TtlPolicy =>
  new TtlPolicy({
    ttlMs: 1_000,
    negativeTtlMs: 100,
    staleWhileRevalidateMs: 200,
    staleIfErrorMs: 500,
    ...changes,
  });

/** The lookup so many milliseconds after the source was asked. */
const lookupAfter = (ms: number, entry: CacheEntry, lifetimes: Partial<Lifetimes> = {}) =>
  policyOf(lifetimes).lookup(entry, ASKED_AT + ms);

const isDue = (ms: number, entry: CacheEntry, lifetimes: Partial<Lifetimes> = {}): boolean => {
  const lookup = lookupAfter(ms, entry, lifetimes);
  if (lookup.outcome === 'miss') throw new Error('nothing was found that could be refreshed');
  return policyOf(lifetimes).isDueForRefresh(lookup);
};

describe('TtlPolicy', () => {
  it('misses an entry that is not in the store', () => {
    expect(policyOf().lookup(undefined, ASKED_AT)).toEqual({ outcome: 'miss', reason: 'absent' });
  });

  it('rule 1: an entry is fresh from when the source was asked until just before asked + ttl', () => {
    const entry = item();

    expect(lookupAfter(0, entry)).toEqual({ outcome: 'hit', entry, ageMs: 0, ttlMs: 1_000 });
    expect(lookupAfter(999, entry)).toEqual({ outcome: 'hit', entry, ageMs: 999, ttlMs: 1 });
    expect(lookupAfter(1_000, entry).outcome).toBe('stale');
  });

  it('rule 1: the stale windows count from expiry, overlap, and include their last moment', () => {
    const entry = item();
    const windowsAfter = (ms: number) => {
      const lookup = lookupAfter(ms, entry);
      return lookup.outcome === 'stale' ? [lookup.whileRevalidate, lookup.ifError] : lookup.outcome;
    };

    expect(windowsAfter(1_000)).toEqual([true, true]);
    expect(windowsAfter(1_200)).toEqual([true, true]);
    expect(windowsAfter(1_201)).toEqual([false, true]);
    expect(windowsAfter(1_500)).toEqual([false, true]);
    expect(windowsAfter(1_501)).toBe('miss');
  });

  it('rule 1: stale-while-revalidate may outlast stale-if-error', () => {
    const lookup = lookupAfter(1_300, item(), { staleWhileRevalidateMs: 400, staleIfErrorMs: 200 });

    expect(lookup).toMatchObject({ outcome: 'stale', whileRevalidate: true, ifError: false });
  });

  it('rule 1: a stale answer has its age and the time since expiry', () => {
    const entry = item();

    expect(lookupAfter(1_150, entry)).toMatchObject({ outcome: 'stale', entry, ageMs: 1_150, ttlMs: -150 });
  });

  it('rule 1: without stale windows an expired entry is a miss', () => {
    expect(lookupAfter(1_000, item(), { staleWhileRevalidateMs: 0, staleIfErrorMs: 0 })).toEqual(MISS);
    expect(lookupAfter(1_000, item(), { staleWhileRevalidateMs: -1, staleIfErrorMs: -1 })).toEqual(MISS);
  });

  it('rule 1: an entry from the future has just expired', () => {
    const entry = item({ storedAt: ASKED_AT + 1 });

    expect(lookupAfter(0, entry)).toEqual({
      outcome: 'stale',
      entry,
      ageMs: 1_000,
      ttlMs: 0,
      whileRevalidate: true,
      ifError: true,
    });
    expect(lookupAfter(0, absence({ storedAt: ASKED_AT + 1 }))).toEqual(MISS);
  });

  it('rule 2: a known absence lives for negativeTtl', () => {
    const entry = absence();

    expect(lookupAfter(99, entry)).toEqual({ outcome: 'hit', entry, ageMs: 99, ttlMs: 1 });
    expect(lookupAfter(100, entry)).toEqual(MISS);
  });

  it('rule 2: a known absence outlives the ttl of items if negativeTtl is longer', () => {
    expect(lookupAfter(1_500, absence(), { negativeTtlMs: 2_000 }).outcome).toBe('hit');
  });

  it.each([0, -1])('rule 3: with a ttl of %d no entry is a hit or stale-while-revalidate', (ttlMs) => {
    const lookup = lookupAfter(0, item(), { ttlMs });

    expect(lookup).toMatchObject({
      outcome: 'stale',
      ttlMs: expect.closeTo(0),
      whileRevalidate: false,
      ifError: true,
    });
    expect(lookupAfter(501, item(), { ttlMs })).toEqual(MISS);
  });

  it('rule 3: with ttl 0 an entry is kept for stale-if-error only', () => {
    expect(policyOf({ ttlMs: 0 }).keeps(item())).toBe(true);
    expect(policyOf({ ttlMs: 0, staleIfErrorMs: 0 }).keeps(item())).toBe(false);
    expect(policyOf({ ttlMs: 1, staleIfErrorMs: 0 }).keeps(item())).toBe(true);
  });

  it.each([0, -1])(
    'rule 3: with a negativeTtl of %d an absence is neither kept nor a hit',
    (negativeTtlMs) => {
      expect(policyOf({ negativeTtlMs }).keeps(absence())).toBe(false);
      expect(lookupAfter(0, absence(), { negativeTtlMs })).toEqual(MISS);
      expect(policyOf({ negativeTtlMs: 1 }).keeps(absence())).toBe(true);
    },
  );

  it('rule 4: jitter cuts its share off the ttl', () => {
    const entry = item({ jitter: 0.1 });

    expect(lookupAfter(899, entry)).toMatchObject({ outcome: 'hit', ttlMs: 1 });
    expect(lookupAfter(900, entry)).toMatchObject({ outcome: 'stale', ttlMs: 0 });
    expect(lookupAfter(1_400, entry).outcome).toBe('stale');
    expect(lookupAfter(1_401, entry)).toEqual(MISS);
  });

  it('rule 8: a refusal ends the stale windows, but no lifetime', () => {
    const entry = item({ refused: true });

    expect(lookupAfter(999, entry).outcome).toBe('hit');
    expect(lookupAfter(1_000, entry)).toEqual(MISS);
  });

  it('is due for a refresh in the last tenth of its lifetime and while it may be answered stale', () => {
    expect(isDue(899, item())).toBe(false);
    expect(isDue(900, item())).toBe(true);
    expect(isDue(1_200, item())).toBe(true);
    expect(isDue(1_201, item())).toBe(false);
  });

  it('counts the last tenth of the lifetime that jitter has left', () => {
    expect(isDue(809, item({ jitter: 0.1 }))).toBe(false);
    expect(isDue(811, item({ jitter: 0.1 }))).toBe(true);
  });

  it('is never due for a refresh without stale-while-revalidate, nor as an absence', () => {
    expect(isDue(950, item(), { staleWhileRevalidateMs: 0 })).toBe(false);
    expect(isDue(1_001, item(), { staleWhileRevalidateMs: 0 })).toBe(false);
    expect(isDue(99, absence())).toBe(false);
  });
});
