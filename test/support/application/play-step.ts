import fc from 'fast-check';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { Freshness } from '../../../src/ports/inbound/item-reader.ts';
import { refused, throttled, unavailable, unreachable } from './failures.ts';
import { keysOf } from './groups.ts';
import { ANY, maxAge, NO_CACHE, ONLY_IF_CACHED } from './read-requests.ts';

/** All keys that a play is about. */
export const KEYS = keysOf(2);
/** What may be wrong with the source. */
export const FAILURES = { unavailable, unreachable, throttled, refused };

/** Something that happens. */
export type Step =
  | { readonly do: 'read'; readonly key: EntryKey; readonly freshness: Freshness }
  | { readonly do: 'invalidate' | 'change' | 'remove' | 'skip'; readonly key: EntryKey }
  | { readonly do: 'pass' | 'sleep'; readonly ms: number }
  | { readonly do: 'fail'; readonly with: keyof typeof FAILURES }
  | { readonly do: 'open'; readonly gate: number }
  | { readonly do: 'heal' | 'hold' | 'settle' | 'invoke' | 'preload' | 'invalidateGroup' };

const key = fc.constantFrom(...KEYS);
/** Something that happens, chosen at random. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('read'),
      key,
      freshness: fc.constantFrom(ANY, ANY, ANY, NO_CACHE, maxAge(0), maxAge(1), ONLY_IF_CACHED),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('change', 'change', 'remove', 'invalidate', 'skip'), key }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass'),
      ms: fc.constantFrom(1, 60, 300, 950, 1_100, 2_100, 6_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep'), ms: fc.constantFrom(300, 1_100, 10_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fail'),
      with: fc.constantFrom('unavailable', 'unreachable', 'throttled', 'refused'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open'), gate: fc.nat({ max: 5 }) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'heal',
        'hold',
        'hold',
        'settle',
        'settle',
        'settle',
        'invoke',
        'preload',
        'invalidateGroup',
      ),
    }),
  },
);
