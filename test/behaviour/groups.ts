import { type CacheState, DIRECTIVES, type Directive, keysOf, OUTCOMES, type Outcome } from './vocabulary.ts';

/** Lists that several rows share. */
export const FRESH_ITEM: readonly CacheState[] = ['a fresh item'];
export const ABSENCE: readonly CacheState[] = ['a negative entry'];
export const REVALIDATING: readonly CacheState[] = ['an item within staleWhileRevalidate'];
export const IF_ERROR: readonly CacheState[] = ['an item within staleIfError'];
export const EXPIRED: readonly CacheState[] = ['an item past its stale windows', 'an expired negative entry'];
export const NOTHING: readonly CacheState[] = ['no entry'];
export const UNUSABLE: readonly CacheState[] = [...EXPIRED, ...NOTHING];

export const PLAIN: readonly Directive[] = ['no directive'];
export const CACHE_ONLY: readonly Directive[] = ['only-if-cached'];
/** Requires the cache, and a fresher entry than the fresh one. */
export const CACHE_PAST_FRESH: readonly Directive[] = ['only-if-cached, max-age=5'];
/** Requires the cache, and a fresher entry than a stale one. */
export const CACHE_EXACT: readonly Directive[] = ['only-if-cached, max-age=30', 'only-if-cached, max-age=5'];
/** Requires a fresher entry than the fresh one. */
export const PAST_FRESH: readonly Directive[] = ['no-cache', 'max-age=5'];
/** Requires a fresher entry than a stale one. */
export const EXACT: readonly Directive[] = ['no-cache', 'max-age=5', 'max-age=30'];
/** Accepts a fresh entry. */
export const ACCEPTS_FRESH: readonly Directive[] = [
  'no directive',
  'max-age=30',
  'only-if-cached',
  'only-if-cached, max-age=30',
];
export const ASKING: readonly Directive[] = keysOf(DIRECTIVES).filter(
  (directive) => !directive.startsWith('only-if-cached'),
);

export const ANY_OUTCOME: readonly Outcome[] = keysOf(OUTCOMES);
export const FOUND: readonly Outcome[] = ['an item'];
export const NOT_FOUND: readonly Outcome[] = ['not found'];
export const TIME_OUT: readonly Outcome[] = ['a time-out'];
export const BROKEN: readonly Outcome[] = ['a lost connection', 'an unusable answer'];
export const THROTTLING: readonly Outcome[] = ['throttling'];
export const REFUSAL: readonly Outcome[] = ['a refusal'];
