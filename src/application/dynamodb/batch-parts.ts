import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { type RawItem, type RawTable, rawTables } from '../../domain/dynamodb/json/raw-answer.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import {
  type BatchPart,
  mergedAnswer,
  type ParsedBatchGet,
  type PartQuestion,
} from '../../domain/dynamodb/operations/batch-get.ts';
import type { ReadResult } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ExternalRead } from '../invalidation/side-load.ts';
import { runInSlices } from '../time/timers.ts';
import { answerOf, readAnswer, requestedItems, storeItem, unusableAnswer } from './read-answer.ts';
import type { ReadObservedAnswers } from './shadow-reads.ts';

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
const itemsByTable = (cachedParts: readonly CachedPart[]): ReadonlyMap<string, readonly Uint8Array[]> =>
  new Map(cachedParts.map(({ part, items }) => [part.tableName, items]));

/** The upstream read of the keys of one part that are not cached. */
export interface PartRead {
  readonly question: PartQuestion;
  readonly tableName: string;
  readonly keys: readonly EntryKey[];
  readonly read: ExternalRead;
}

/** DynamoDB's answer for the keys of one part: the items found and the unprocessed keys, by the texts of their keys. */
interface PartAnswer {
  readonly found: ReadonlyMap<string, RawItem>;
  readonly unprocessed: ReadonlyMap<string, RawItem>;
}

/**
 * `undefined` if the answer cannot be matched to the keys.
 *
 * @throws {SourceUnavailableError} if the answer has keys that were not requested
 */
const partAnswer = (
  table: ConfiguredTable,
  keys: readonly EntryKey[],
  answer: RawTable | undefined,
): PartAnswer | undefined => {
  // An answer without the table says nothing about its keys: they are not absent.
  if (answer?.items === undefined) return undefined;
  const requested = new Set(keys.map(({ text }) => text));
  const found = requestedItems(answer.items, table, requested);
  const unprocessed = requestedItems(answer.unprocessed, table, requested);
  return found && unprocessed && { found, unprocessed };
};

/** Reads the answer to a batch with a table in `mode: observe`. */
export const observedBatchAnswers: ReadObservedAnswers = (body, parts) => {
  const tables = rawTables(body);
  return parts.map(({ table, tableName, keys, wanted }) => {
    // A projected item may lack its key attributes, so it cannot be matched to a requested key.
    if (wanted !== 'everything') return () => undefined;
    const answer = partAnswer(table, keys, tables.get(tableName));
    return ({ text }) =>
      answer === undefined || answer.unprocessed.has(text) ? undefined : { item: answer.found.get(text) };
  });
};

/**
 * Stores DynamoDB's answer to the missing keys, and merges it with the cached items. Yields between steps, for `runInSlices`.
 *
 * @param bytes the body of `answer`
 * @throws {SourceUnavailableError} if the answer is unusable
 */
export function* storeAndMerge(
  answer: WireAnswer,
  bytes: Uint8Array,
  reads: readonly PartRead[],
  batch: ParsedBatchGet,
  cachedParts: readonly CachedPart[],
): Generator<undefined, Uint8Array> {
  const { tables, partAnswers } = readAnswer(answer, () => {
    const byName = rawTables(bytes);
    // The names of an answer must be those of the request: a table with another name would seem to have no items.
    const names = new Set(batch.parts.map(({ tableName }) => tableName));
    if ([...byName.keys()].some((name) => !names.has(name))) throw unusableAnswer();
    return {
      tables: byName,
      partAnswers: reads.map(({ question: { table }, keys, tableName }) =>
        partAnswer(table, keys, byName.get(tableName)),
      ),
    };
  });
  yield;
  for (const [index, read] of reads.entries()) yield* storePart(read, partAnswers[index]);
  return yield* mergedAnswer(batch, itemsByTable(cachedParts), { bytes, tables });
}

/** Stores found and absent items. The state of unprocessed keys is unknown. */
function* storePart(
  { question: { table }, keys, read }: PartRead,
  answer: PartAnswer | undefined,
): Generator<undefined, void> {
  if (answer === undefined) return;
  for (const key of keys) {
    if (!answer.unprocessed.has(key.text)) storeItem(read, table, key, answer.found.get(key.text));
    yield;
  }
}
