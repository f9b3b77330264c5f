import type { CacheStatus, ReadResult } from '../../../src/ports/inbound/item-reader.ts';

/** The digest of every body that `found` makes. */
export const SAMPLE_DIGEST = 'q1w2e3';

const FRESH: CacheStatus = { source: 'memory', ttlMs: 42_900 };

/** An answer with this body: fresh from memory, unless said otherwise. */
export const found = (text: string, cache: CacheStatus = FRESH, ageMs = 17_900): ReadResult => ({
  outcome: 'found',
  body: { contentType: 'application/json', bytes: new TextEncoder().encode(text), digest: SAMPLE_DIGEST },
  ageMs,
  cache,
});

/** The answer that there is nothing. */
export const absent = (cache: CacheStatus = FRESH, ageMs = 3_000): ReadResult => ({
  outcome: 'absent',
  ageMs,
  cache,
});
