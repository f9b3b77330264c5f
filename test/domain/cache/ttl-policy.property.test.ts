import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CacheEntry, EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { type CacheLookup, TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';

const duration = fc.oneof(fc.integer({ min: -10, max: 10 }), fc.integer({ min: 0, max: 10_000_000 }));
const policy = fc
  .record({
    ttlMs: duration,
    negativeTtlMs: duration,
    staleWhileRevalidateMs: duration,
    staleIfErrorMs: duration,
  })
  .map((lifetimes) => new TtlPolicy(lifetimes));
const jitter = fc.double({ min: 0, max: 0.1, noNaN: true });
const now = fc.integer({ min: 0, max: 4_000_000_000_000 });
const age = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30_000_000 }));

const entryOf = (storedAt: number, found: boolean, changes: Partial<CacheEntry> = {}): CacheEntry => ({
  key: new EntryKey('T', 'a'),
  storedAt,
  readOrder: 0,
  bodies: found ? [{ contentType: 'application/json', bytes: Uint8Array.of(1), digest: 'd' }] : [],
  jitter: 0,
  refused: false,
  ...changes,
});

/** What may be done with a lookup: answer it, answer it while asking, answer it if asking fails. */
const powersOf = (lookup: CacheLookup): readonly boolean[] => {
  if (lookup.outcome === 'miss') return [false, false, false];
  if (lookup.outcome === 'hit') return [true, true, true];
  return [false, lookup.whileRevalidate, lookup.ifError];
};

describe('TtlPolicy, whatever the lifetimes', () => {
  it('never allows more of an entry as time goes on, once an expiry lies behind it', () => {
    fc.assert(
      fc.property(policy, now, age, age, fc.boolean(), jitter, (rules, asked, one, other, found, cut) => {
        const entry = entryOf(asked, found, { jitter: cut });
        const earlier = rules.lookup(entry, asked + Math.min(one, other));
        const later = rules.lookup(entry, asked + Math.max(one, other));

        if (earlier.outcome === 'miss') expect(later.outcome).toBe('miss');
        if (earlier.outcome === 'stale') {
          for (const [index, power] of powersOf(later).entries()) {
            if (power) expect(powersOf(earlier)[index]).toBe(true);
          }
        }
        if (earlier.outcome !== 'miss' && later.outcome !== 'miss') {
          expect(later.ttlMs).toBeLessThanOrEqual(earlier.ttlMs);
          expect(later.ageMs).toBeGreaterThanOrEqual(earlier.ageMs);
        }
      }),
    );
  });

  it('a hit has time left, a stale answer none, and both the age that the clock says', () => {
    fc.assert(
      fc.property(policy, now, age, jitter, (rules, asked, passed, cut) => {
        const lookup = rules.lookup(entryOf(asked, true, { jitter: cut }), asked + passed);

        if (lookup.outcome === 'hit') expect(lookup.ttlMs).toBeGreaterThan(0);
        if (lookup.outcome === 'stale') {
          expect(lookup.ttlMs).toBeLessThanOrEqual(0);
          expect(lookup.whileRevalidate || lookup.ifError).toBe(true);
        }
        if (lookup.outcome !== 'miss') expect(lookup.ageMs).toBe(passed);
      }),
    );
  });

  it('rule 1: never hits an entry from the future', () => {
    fc.assert(
      fc.property(
        policy,
        now,
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.boolean(),
        jitter,
        (rules, at, ahead, found, cut) => {
          const lookup = rules.lookup(entryOf(at + ahead, found, { jitter: cut }), at);

          expect(lookup.outcome).not.toBe('hit');
          if (lookup.outcome === 'stale') expect(lookup.ttlMs).toBeCloseTo(0);
        },
      ),
    );
  });

  it('rule 2: never answers an absence stale', () => {
    fc.assert(
      fc.property(
        policy,
        now,
        fc.integer({ min: -1_000, max: 30_000_000 }),
        jitter,
        (rules, asked, passed, cut) => {
          expect(rules.lookup(entryOf(asked, false, { jitter: cut }), asked + passed).outcome).not.toBe(
            'stale',
          );
        },
      ),
    );
  });

  it('rule 4: jitter only shortens a lifetime, by a tenth at most', () => {
    fc.assert(
      fc.property(policy, now, jitter, (rules, asked, cut) => {
        const { ttlMs } = rules.lifetimes;
        const lookup = rules.lookup(entryOf(asked, true, { jitter: cut }), asked);
        fc.pre(ttlMs > 0);

        expect(lookup.outcome).toBe('hit');
        if (lookup.outcome !== 'hit') return;
        expect(lookup.ttlMs).toBeLessThanOrEqual(ttlMs);
        expect(lookup.ttlMs).toBeGreaterThanOrEqual(ttlMs * 0.9 - 1e-6);
      }),
    );
  });

  it('rule 8: never answers stale what the source has refused since', () => {
    fc.assert(
      fc.property(policy, now, age, (rules, asked, passed) => {
        expect(rules.lookup(entryOf(asked, true, { refused: true }), asked + passed).outcome).not.toBe(
          'stale',
        );
      }),
    );
  });

  it('keeps exactly what could be answered at the moment it was asked for', () => {
    fc.assert(
      fc.property(policy, now, fc.boolean(), (rules, asked, found) => {
        const entry = entryOf(asked, found);

        expect(rules.keeps(entry)).toBe(rules.lookup(entry, asked).outcome !== 'miss');
      }),
    );
  });

  it('stays due for a refresh, once due, until it may not be answered stale', () => {
    fc.assert(
      fc.property(policy, now, age, age, jitter, (rules, asked, one, other, cut) => {
        const entry = entryOf(asked, true, { jitter: cut });
        const earlier = rules.lookup(entry, asked + Math.min(one, other));
        const later = rules.lookup(entry, asked + Math.max(one, other));
        fc.pre(earlier.outcome !== 'miss' && later.outcome !== 'miss');

        if (rules.isDueForRefresh(earlier) && powersOf(later)[1])
          expect(rules.isDueForRefresh(later)).toBe(true);
      }),
    );
  });
});
