import {
  ABSENCE_HIT,
  FRESH_HIT,
  foundFor,
  NOT_IN_CACHE,
  OUT_OF_REACH,
  OVERLOADED,
  REVALIDATED,
  STALE_AFTER_ERROR,
  STALE_AT_ONCE,
  THROTTLED,
} from './answers.ts';
import {
  ABSENCE,
  ASKING,
  EXACT,
  EXPIRED,
  FRESH_ITEM,
  FRESH_WILL_DO,
  IF_ERROR,
  MEMORY_EXACT,
  MEMORY_ONLY,
  MEMORY_PAST_FRESH,
  NOTHING,
  PAST_FRESH,
  PLAIN,
  REVALIDATING,
  UNUSABLE,
} from './groups.ts';
import type { Row, Wish } from './vocabulary.ts';
import { type Answer, type Asked, type Kept, type Memory, OBSTACLES, type Obstacle } from './vocabulary.ts';

const FAILED: readonly Obstacle[] = ['a read of the key failed half a second ago'];
const RESTING: readonly Obstacle[] = ['a read of the key was throttled half a second ago'];
const PROBED: readonly Obstacle[] = ['the table is out of reach and was probed half a second ago'];
const DUE: readonly Obstacle[] = ['the table is out of reach and its probe is due'];
const QUIET: readonly Obstacle[] = ['the table is out of reach and nobody has probed it for five seconds'];
const CROWD: readonly Obstacle[] = ['too many reads wait'];

const row = (
  memories: readonly Memory[],
  wishes: readonly Wish[],
  situations: readonly Obstacle[],
  answer: Answer,
  asked: Asked,
  kept: Kept,
): Row<Obstacle> => ({ memories, wishes, situations, answer, asked, kept });

/** What is answered where readers are kept from DynamoDB, which would have an item: every combination stands in exactly one row. */
export const HELD_BACK: readonly Row<Obstacle>[] = [
  row(FRESH_ITEM, FRESH_WILL_DO, OBSTACLES, FRESH_HIT, 'no', 'old item'),
  row(ABSENCE, FRESH_WILL_DO, OBSTACLES, ABSENCE_HIT, 'no', 'absence'),

  row(REVALIDATING, PLAIN, [...FAILED, ...RESTING, ...PROBED, ...CROWD], REVALIDATED, 'no', 'old item'),
  row(REVALIDATING, PLAIN, [...DUE, ...QUIET], REVALIDATED, 'behind', 'new item'),
  row(IF_ERROR, PLAIN, [...FAILED, ...RESTING, ...PROBED], STALE_AT_ONCE, 'no', 'old item'),
  row(IF_ERROR, PLAIN, [...DUE, ...QUIET], STALE_AT_ONCE, 'behind', 'new item'),
  row(IF_ERROR, PLAIN, CROWD, STALE_AFTER_ERROR, 'no', 'old item'),

  row(REVALIDATING, MEMORY_ONLY, OBSTACLES, REVALIDATED, 'no', 'old item'),
  row(FRESH_ITEM, MEMORY_PAST_FRESH, OBSTACLES, NOT_IN_CACHE, 'no', 'old item'),
  row(ABSENCE, MEMORY_PAST_FRESH, OBSTACLES, NOT_IN_CACHE, 'no', 'absence'),
  row(REVALIDATING, MEMORY_EXACT, OBSTACLES, NOT_IN_CACHE, 'no', 'old item'),
  row(IF_ERROR, [...MEMORY_ONLY, ...MEMORY_EXACT], OBSTACLES, NOT_IN_CACHE, 'no', 'old item'),
  row(UNUSABLE, [...MEMORY_ONLY, ...MEMORY_EXACT], OBSTACLES, NOT_IN_CACHE, 'no', 'nothing'),

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
  row(ABSENCE, PAST_FRESH, RESTING, THROTTLED, 'no', 'absence'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, RESTING, THROTTLED, 'no', 'old item'),
  row(UNUSABLE, ASKING, RESTING, THROTTLED, 'no', 'nothing'),

  row(FRESH_ITEM, PAST_FRESH, PROBED, OUT_OF_REACH, 'no', 'old item'),
  row(ABSENCE, PAST_FRESH, PROBED, OUT_OF_REACH, 'no', 'absence'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, PROBED, OUT_OF_REACH, 'no', 'old item'),
  row(UNUSABLE, ASKING, PROBED, OUT_OF_REACH, 'no', 'nothing'),

  row([...FRESH_ITEM, ...ABSENCE], PAST_FRESH, DUE, OUT_OF_REACH, 'behind', 'new item'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, DUE, OUT_OF_REACH, 'behind', 'new item'),
  row(UNUSABLE, ASKING, DUE, OUT_OF_REACH, 'behind', 'new item'),

  row(FRESH_ITEM, PAST_FRESH, CROWD, OVERLOADED, 'no', 'old item'),
  row(ABSENCE, PAST_FRESH, CROWD, OVERLOADED, 'no', 'absence'),
  row([...REVALIDATING, ...IF_ERROR], EXACT, CROWD, OVERLOADED, 'no', 'old item'),
  row(UNUSABLE, ASKING, CROWD, OVERLOADED, 'no', 'nothing'),
];
