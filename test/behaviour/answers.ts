import type { Answer } from './vocabulary.ts';

/** From the cache. The ages are those of `CACHE_STATES`. */
export const FRESH_HIT: Answer = { status: 200, body: 'old', cacheStatus: 'hit; ttl=40', ageSeconds: 20 };
export const ABSENCE_HIT: Answer = {
  status: 404,
  code: 'item_not_found',
  cacheStatus: 'hit; ttl=4',
  ageSeconds: 6,
};
export const REVALIDATED: Answer = {
  status: 200,
  body: 'old',
  cacheStatus: 'hit; ttl=-10; detail=stale-while-revalidate',
  ageSeconds: 70,
};
/** Without a read, because a read has failed recently. */
export const STALE_AT_ONCE: Answer = {
  status: 200,
  body: 'old',
  cacheStatus: 'hit; ttl=-40; detail=stale-if-error',
  ageSeconds: 100,
};
/** After a failed read. */
export const STALE_AFTER_ERROR: Answer = {
  status: 200,
  body: 'old',
  cacheStatus: 'fwd=stale; detail=stale-if-error; ttl=-40',
  ageSeconds: 100,
};
/** After the time-out of two seconds. */
export const STALE_AFTER_TIMEOUT: Answer = {
  status: 200,
  body: 'old',
  cacheStatus: 'fwd=stale; detail=stale-if-error; ttl=-42',
  ageSeconds: 102,
};

/** From DynamoDB. */
export const foundFor = (reason: 'request' | 'stale' | 'uri-miss'): Answer => ({
  status: 200,
  body: 'new',
  cacheStatus: `fwd=${reason}; fwd-status=200; stored`,
  ageSeconds: 0,
});
export const notFoundFor = (reason: 'request' | 'stale' | 'uri-miss'): Answer => ({
  status: 404,
  code: 'item_not_found',
  cacheStatus: `fwd=${reason}; fwd-status=404; stored`,
  ageSeconds: 0,
});

/** Errors. */
export const NOT_IN_CACHE: Answer = { status: 504, code: 'not_in_cache' };
export const TIMED_OUT: Answer = { status: 504, code: 'upstream_timeout' };
export const UNAVAILABLE: Answer = { status: 503, code: 'upstream_unavailable' };
export const THROTTLED: Answer = { status: 503, code: 'throttled', retryAfterSeconds: 1 };
export const REFUSED: Answer = { status: 502, code: 'upstream_refused' };
export const CIRCUIT_OPEN: Answer = { status: 503, code: 'upstream_unavailable', retryAfterSeconds: 1 };
export const OVERLOADED: Answer = { status: 503, code: 'overloaded', retryAfterSeconds: 1 };
