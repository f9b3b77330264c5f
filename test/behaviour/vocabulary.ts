import type { Lifetimes } from '../../src/domain/cache/ttl-policy.ts';
import type { FaultName } from '../support/faults/faults.ts';

/** The lifetimes under which every row holds. */
export const LIFETIMES: Lifetimes = {
  ttlMs: 60_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 600_000,
};

/** The time-out of a read. */
export const TIMEOUT_MS = 2_000;

/** What memory has of the key when the request comes. */
export const MEMORIES = {
  'a fresh item': { content: 'item', ageMs: 20_000 },
  'an item within staleWhileRevalidate': { content: 'item', ageMs: 70_000 },
  'an item within staleIfError': { content: 'item', ageMs: 100_000 },
  'an item beyond its windows': { content: 'item', ageMs: 700_000 },
  'a known absence': { content: 'absence', ageMs: 6_000 },
  'an expired absence': { content: 'absence', ageMs: 15_000 },
  nothing: { content: 'nothing', ageMs: 15_000 },
} as const;
export type Memory = keyof typeof MEMORIES;

/** What the request says in `Cache-Control`, if anything. */
export const WISHES = {
  nothing: undefined,
  'no-cache': 'no-cache',
  'max-age=30': 'max-age=30',
  'max-age=5': 'max-age=5',
  'only-if-cached': 'only-if-cached',
  'only-if-cached, max-age=30': 'only-if-cached, max-age=30',
  'only-if-cached, max-age=5': 'only-if-cached, max-age=5',
} as const;
export type Wish = keyof typeof WISHES;

/** What comes of asking DynamoDB, and by what faults on the wire it comes about. */
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

/** What keeps readers from DynamoDB before they have asked for anything. */
export const OBSTACLES = [
  'a read of the key failed half a second ago',
  'a read of the key was throttled half a second ago',
  'the table is out of reach and was probed half a second ago',
  'the table is out of reach and its probe is due',
  'the table is out of reach and nobody has probed it for five seconds',
  'too many reads wait',
] as const;
export type Obstacle = (typeof OBSTACLES)[number];

/** An answer as the reader sees it. */
export interface Answer {
  readonly status: number;
  /** Which item is in the body: the one that memory had, or the one that DynamoDB has now. */
  readonly body?: 'old' | 'new';
  /** The stable code of a problem. */
  readonly code?: string;
  /** `Cache-Status` without the name of the cache. */
  readonly cacheStatus?: string;
  readonly ageSeconds?: number;
  readonly retryAfterSeconds?: number;
}

/** Whether DynamoDB is asked: before the answer, behind it, or not. */
export type Asked = 'before' | 'behind' | 'no';

/** What memory can still answer afterwards; an old item keeps its old age. */
export type Kept = 'old item' | 'old item, until it expires' | 'new item' | 'absence' | 'nothing';

/** One line of a table: every combination of what it lists has this one answer. */
export interface Row<Situation> {
  readonly situations: readonly Situation[];
  readonly memories: readonly Memory[];
  readonly wishes: readonly Wish[];
  readonly answer: Answer;
  readonly asked: Asked;
  readonly kept: Kept;
  /** How long after the answer the first plain request comes that makes DynamoDB be asked again; 0 if it is the next one. */
  readonly restMs?: number;
}

export const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] => {
  const isKey = (name: string): name is Key => name in record;
  return Object.keys(record).filter(isKey);
};
