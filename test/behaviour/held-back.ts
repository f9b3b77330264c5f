import {
  ABSENCE_HIT,
  CIRCUIT_OPEN,
  FRESH_HIT,
  foundFor,
  NOT_IN_CACHE,
  OVERLOADED,
  REVALIDATED,
  STALE_AFTER_ERROR,
  STALE_AT_ONCE,
  THROTTLED,
} from './answers.ts';
import {
  ABSENCE,
  ACCEPTS_FRESH,
  ASKING,
  CACHE_EXACT,
  CACHE_ONLY,
  CACHE_PAST_FRESH,
  EXACT,
  EXPIRED,
  FRESH_ITEM,
  IF_ERROR,
  NOTHING,
  PAST_FRESH,
  PLAIN,
  REVALIDATING,
  UNUSABLE,
} from './groups.ts';
import type { Directive, Row } from './vocabulary.ts';
import {
  type Answer,
  type Asked,
  type CacheState,
  type Kept,
  OBSTACLES,
  type Obstacle,
} from './vocabulary.ts';

const FAILED: readonly Obstacle[] = ['a read of the key failed half a second ago'];
const RESTING: readonly Obstacle[] = ['a read of the key was throttled half a second ago'];
const PROBED: readonly Obstacle[] = ['the circuit breaker is open and the last probe was half a second ago'];
const DUE: readonly Obstacle[] = ['the circuit breaker is open and a probe is due'];
const QUIET: readonly Obstacle[] = ['the circuit breaker is open and had no probe for five seconds'];
const CROWD: readonly Obstacle[] = ['too many reads are queued'];

const row = (
  cacheStates: readonly CacheState[],
  directives: readonly Directive[],
  situations: readonly Obstacle[],
  answer: Answer,
  asked: Asked,
  kept: Kept,
): Row<Obstacle> => ({ cacheStates, directives, situations, answer, asked, kept });

/** The answers while an obstacle blocks reads from DynamoDB, which has an item. Every combination is in exactly one row. */
export const HELD_BACK: readonly Row<Obstacle>[] = [
  row(FRESH_ITEM, ACCEPTS_FRESH, OBSTACLES, FRESH_HIT, 'no', 'old item'),
  row(ABSENCE, ACCEPTS_FRESH, OBSTACLES, ABSENCE_HIT, 'no', 'negative entry'),

  row(REVALIDATING, PLAIN, [...FAILED, ...RESTING, ...PROBED, ...CROWD], REVALIDATED, 'no', 'old item'),
  row(REVALIDATING, PLAIN, [...DUE, ...QUIET], REVALIDATED, 'behind', 'new item'),
  row(IF_ERROR, PLAIN, [...FAILED, ...RESTING, ...PROBED], STALE_AT_ONCE, 'no', 'old item'),
  row(IF_ERROR, PLAIN, [...DUE, ...QUIET], STALE_AT_ONCE, 'behind', 'new item'),
  row(IF_ERROR, PLAIN, CROWD, STALE_AFTER_ERROR, 'no', 'old item'),

  row(REVALIDATING, CACHE_ONLY, OBSTACLES, REVALIDATED, 'no', 'old item'),
  row(FRESH_ITEM, CACHE_PAST_FRESH, OBSTACLES, NOT_IN_CACHE, 'no', 'old item'),
  row(ABSENCE, CACHE_PAST_FRESH, OBSTACLES, NOT_IN_CACHE, 'no', 'negative entry'),
  row(REVALIDATING, CACHE_EXACT, OBSTACLES, NOT_IN_CACHE, 'no', 'old item'),
  row(IF_ERROR, [...CACHE_ONLY, ...CACHE_EXACT], OBSTACLES, NOT_IN_CACHE, 'no', 'old item'),
  row(UNUSABLE, [...CACHE_ONLY, ...CACHE_EXACT], OBSTACLES, NOT_IN_CACHE, 'no', 'no entry'),

  row(
    [...FRESH_ITEM, ...ABSENCE],
    PAST_FRESH,
    [...FAILED, ...QUIET],
    foundFor('request'),
    'before',
    'new item',
  ),
  row([...REVALIDATING, ...IF_ERROR], EXACT, [...FAILED, ...QUIET], foundFor('stale'), 'before', 'new item'),
  row(EXPIRED, ASKING, [...FAILED, ...QUIET], foundFor('stale'), 'before', 'new item'),
  row(NOTHING, ASKING, [...FAILED, ...QUIET], foundFor('uri-miss'), 'before', 'new item'),

  row(FRESH_ITEM, PAST_FRESH, RESTING, THROTTLED, 'no', 'old item'),
  row(ABSENCE, PAST_FRESH, RESTING, THROTTLED, 'no', 'negative entry'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, RESTING, THROTTLED, 'no', 'old item'),
  row(UNUSABLE, ASKING, RESTING, THROTTLED, 'no', 'no entry'),

  row(FRESH_ITEM, PAST_FRESH, PROBED, CIRCUIT_OPEN, 'no', 'old item'),
  row(ABSENCE, PAST_FRESH, PROBED, CIRCUIT_OPEN, 'no', 'negative entry'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, PROBED, CIRCUIT_OPEN, 'no', 'old item'),
  row(UNUSABLE, ASKING, PROBED, CIRCUIT_OPEN, 'no', 'no entry'),

  row([...FRESH_ITEM, ...ABSENCE], PAST_FRESH, DUE, CIRCUIT_OPEN, 'behind', 'new item'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, DUE, CIRCUIT_OPEN, 'behind', 'new item'),
  row(UNUSABLE, ASKING, DUE, CIRCUIT_OPEN, 'behind', 'new item'),

  row(FRESH_ITEM, PAST_FRESH, CROWD, OVERLOADED, 'no', 'old item'),
  row(ABSENCE, PAST_FRESH, CROWD, OVERLOADED, 'no', 'negative entry'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, CROWD, OVERLOADED, 'no', 'old item'),
  row(UNUSABLE, ASKING, CROWD, OVERLOADED, 'no', 'no entry'),
];
