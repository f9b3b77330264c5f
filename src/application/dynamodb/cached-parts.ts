import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { BatchPart, ParsedBatchGet } from '../../domain/dynamodb/operations/batch-get-request.ts';
import { mergedAnswer } from '../../domain/dynamodb/operations/batch-get-response.ts';
import type { ReadResult } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import { runInSlices } from '../time/slices.ts';
import { answerOf } from './read-body.ts';

/** So much is put together at once, whatever is wanted of it. */
const MAX_AT_ONCE_BYTES = 262_144;

/** What memory has of one part of a batch. */
export interface CachedParts {
  readonly part: BatchPart;
  /** In typed JSON. */
  readonly items: readonly Uint8Array[];
  /** Places of the keys that memory knows nothing of. */
  readonly missing: readonly number[];
}

/** More of a part, by what `recall` knows of the keys that are missing. */
export const recollected = (
  { part, items, missing }: CachedParts,
  recall: (key: EntryKey) => ReadResult | undefined,
): CachedParts => {
  const found = [...items];
  const unknown = missing.filter((index) => {
    const key = part.question?.keys[index];
    const result = key && recall(key);
    if (result?.outcome === 'found') found.push(result.body.bytes);
    return result === undefined;
  });
  return { part, items: found, missing: unknown };
};

/** The whole answer, if memory has all of it. A large one comes later, so that others run meanwhile. */
export const answerFromMemory = (
  question: ParsedBatchGet,
  recollections: readonly CachedParts[],
  clock: Clock,
): WireAnswer | Promise<WireAnswer> | undefined => {
  const isWhole = recollections.every(
    ({ part, missing }) => part.question !== undefined && missing.length === 0,
  );
  if (!isWhole) return undefined;
  const merging = mergedAnswer(question, itemsByTable(recollections));
  const bytes = recollections.flatMap(({ items }) => items).reduce((sum, { length }) => sum + length, 0);
  return bytes > MAX_AT_ONCE_BYTES ? runInSlices(merging, clock).then(answerOf) : answerOf(atOnce(merging));
};

const atOnce = <T>(work: Iterator<undefined, T>): T => {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
};

/** In typed JSON, by the name by which the request calls the table. */
export const itemsByTable = (
  recollections: readonly CachedParts[],
): ReadonlyMap<string, readonly Uint8Array[]> =>
  new Map(recollections.map(({ part, items }) => [part.tableName, items]));
