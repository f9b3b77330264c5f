import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import {
  type BatchPart,
  mergedAnswer,
  type ParsedBatchGet,
} from '../../domain/dynamodb/operations/batch-get.ts';
import type { ReadResult } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import { runInSlices } from '../time/slices.ts';
import { answerOf } from './read-body.ts';

/** A smaller answer is merged without yielding to other requests. */
const MAX_BLOCKING_BYTES = 262_144;

/** The cached items of one part of a batch. */
export interface CachedPart {
  readonly part: BatchPart;
  /** In typed JSON. */
  readonly items: readonly Uint8Array[];
  /** Indexes of the keys that are not cached. */
  readonly missing: readonly number[];
}

/** Adds the items that `getCached` has for the missing keys. A negative entry counts as cached. */
export const withCachedItems = (
  { part, items, missing }: CachedPart,
  getCached: (key: EntryKey) => ReadResult | undefined,
): CachedPart => {
  const found = [...items];
  const stillMissing = missing.filter((index) => {
    const key = part.question?.keys[index];
    const result = key && getCached(key);
    if (result?.outcome === 'found') found.push(result.body.bytes);
    return result === undefined;
  });
  return { part, items: found, missing: stillMissing };
};

/** The whole answer if every key is cached, else `undefined`. A large answer is a promise, so that other requests run meanwhile. */
export const answerFromCache = (
  question: ParsedBatchGet,
  cachedParts: readonly CachedPart[],
  clock: Clock,
): WireAnswer | Promise<WireAnswer> | undefined => {
  const isWhole = cachedParts.every(
    ({ part, missing }) => part.question !== undefined && missing.length === 0,
  );
  if (!isWhole) return undefined;
  const merging = mergedAnswer(question, itemsByTable(cachedParts));
  const bytes = cachedParts.flatMap(({ items }) => items).reduce((sum, { length }) => sum + length, 0);
  return bytes > MAX_BLOCKING_BYTES
    ? runInSlices(merging, clock).then(answerOf)
    : answerOf(runToEnd(merging));
};

const runToEnd = <T>(work: Iterator<undefined, T>): T => {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
};

/** The cached items in typed JSON, by the table name of the request. */
export const itemsByTable = (
  cachedParts: readonly CachedPart[],
): ReadonlyMap<string, readonly Uint8Array[]> =>
  new Map(cachedParts.map(({ part, items }) => [part.tableName, items]));
