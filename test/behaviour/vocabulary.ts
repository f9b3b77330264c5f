import type { Lifetimes } from '../../src/domain/cache/ttl-policy.ts';
import type { FaultName } from '../support/faults/faults.ts';

/** The lifetimes of every row. */
export const LIFETIMES: Lifetimes = {
  ttlMs: 60_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 600_000,
};

/** The time-out of a read. */
export const TIMEOUT_MS = 2_000;

/** The entry of the key in the cache when the request arrives. */
export const CACHE_STATES = {
  'a fresh item': { content: 'item', ageMs: 20_000 },
  'an item within staleWhileRevalidate': { content: 'item', ageMs: 70_000 },
  'an item within staleIfError': { content: 'item', ageMs: 100_000 },
  'an item past its stale windows': { content: 'item', ageMs: 700_000 },
  'a negative entry': { content: 'absence', ageMs: 6_000 },
  'an expired negative entry': { content: 'absence', ageMs: 15_000 },
  'no entry': { content: 'nothing', ageMs: 15_000 },
} as const;
export type CacheState = keyof typeof CACHE_STATES;

/** The `Cache-Control` of the request. */
export const DIRECTIVES = {
  'no directive': undefined,
  'no-cache': 'no-cache',
  'max-age=30': 'max-age=30',
  'max-age=5': 'max-age=5',
  'only-if-cached': 'only-if-cached',
  'only-if-cached, max-age=30': 'only-if-cached, max-age=30',
  'only-if-cached, max-age=5': 'only-if-cached, max-age=5',
} as const;
export type Directive = keyof typeof DIRECTIVES;

/** The outcomes of a read from DynamoDB, with the faults on the wire that cause each. */
export const OUTCOMES = {
  'an item': ['pass'],
  'not found': ['no-item'],
  'a time-out': ['hang', 'stall'],
  'a lost connection': ['reset', 'reset-midway', 'truncate'],
  'an unusable answer': [
    500,
    503,
    'bad-gateway',
    'forbidden-page',
    'noise',
    'garbage',
    'empty',
    'error-as-success',
    'other-object',
    'other-item',
    'other-type',
    'cut',
    'gzip',
  ],
  throttling: ['throttle', 'throttling', 'request-limit'],
  'a refusal': [
    'access-denied',
    'no-such-table',
    'validation',
    'expired-token',
    'bad-signature',
    'unknown-client',
  ],
} as const satisfies Readonly<Record<string, readonly FaultName[]>>;
export type Outcome = keyof typeof OUTCOMES;

/** Conditions that block a read before it is sent to DynamoDB. */
export const OBSTACLES = [
  'a read of the key failed half a second ago',
  'a read of the key was throttled half a second ago',
  'the circuit breaker is open and the last probe was half a second ago',
  'the circuit breaker is open and a probe is due',
  'the circuit breaker is open and had no probe for five seconds',
  'too many reads are queued',
] as const;
export type Obstacle = (typeof OBSTACLES)[number];

/** An answer as the client sees it. */
export interface Answer {
  readonly status: number;
  /** The item in the body: the cached one, or the one that DynamoDB has now. */
  readonly body?: 'old' | 'new';
  /** The stable code of a problem. */
  readonly code?: string;
  /** `Cache-Status` without the name of the cache. */
  readonly cacheStatus?: string;
  readonly ageSeconds?: number;
  readonly retryAfterSeconds?: number;
}

/** Whether DynamoDB is read: before the answer, in the background, or not. */
export type Asked = 'before' | 'behind' | 'no';

/** The entry that the cache can still serve afterwards; an old item keeps its old age. */
export type Kept = 'old item' | 'old item, until it expires' | 'new item' | 'negative entry' | 'no entry';

/** One row of a table: every combination of its values has this answer. */
export interface Row<Situation> {
  readonly situations: readonly Situation[];
  readonly cacheStates: readonly CacheState[];
  readonly directives: readonly Directive[];
  readonly answer: Answer;
  readonly asked: Asked;
  readonly kept: Kept;
  /** Time from the answer until a plain request causes the next read from DynamoDB; 0 if the next request does. */
  readonly restMs?: number;
}

export const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] => {
  const isKey = (name: string): name is Key => name in record;
  return Object.keys(record).filter(isKey);
};
