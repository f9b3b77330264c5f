import { keysOf, type Memory, OUTCOMES, type Outcome, WISHES, type Wish } from './vocabulary.ts';

/** Lists that rows have in common. */
export const FRESH_ITEM: readonly Memory[] = ['a fresh item'];
export const ABSENCE: readonly Memory[] = ['a known absence'];
export const REVALIDATING: readonly Memory[] = ['an item within staleWhileRevalidate'];
export const IF_ERROR: readonly Memory[] = ['an item within staleIfError'];
export const EXPIRED: readonly Memory[] = ['an item beyond its windows', 'an expired absence'];
export const NOTHING: readonly Memory[] = ['nothing'];
export const UNUSABLE: readonly Memory[] = [...EXPIRED, ...NOTHING];

export const PLAIN: readonly Wish[] = ['nothing'];
export const MEMORY_ONLY: readonly Wish[] = ['only-if-cached'];
/** Wants it from memory, and more than a fresh entry can give. */
export const MEMORY_PAST_FRESH: readonly Wish[] = ['only-if-cached, max-age=5'];
/** Wants it from memory, and more than a stale entry can give. */
export const MEMORY_EXACT: readonly Wish[] = ['only-if-cached, max-age=30', 'only-if-cached, max-age=5'];
/** Asks for more than a fresh entry can give. */
export const PAST_FRESH: readonly Wish[] = ['no-cache', 'max-age=5'];
/** Asks for more than a stale entry can give. */
export const EXACT: readonly Wish[] = ['no-cache', 'max-age=5', 'max-age=30'];
/** Is content with a fresh entry. */
export const FRESH_WILL_DO: readonly Wish[] = [
  'nothing',
  'max-age=30',
  'only-if-cached',
  'only-if-cached, max-age=30',
];
export const ASKING: readonly Wish[] = keysOf(WISHES).filter((wish) => !wish.startsWith('only-if-cached'));

export const ANY_OUTCOME: readonly Outcome[] = keysOf(OUTCOMES);
export const FOUND: readonly Outcome[] = ['an item'];
export const NOT_FOUND: readonly Outcome[] = ['not found'];
export const TIME_OUT: readonly Outcome[] = ['a time-out'];
export const BROKEN: readonly Outcome[] = ['a lost connection', 'an unusable answer'];
export const THROTTLING: readonly Outcome[] = ['throttling'];
export const REFUSAL: readonly Outcome[] = ['a refusal'];
