import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { mergedAnswer } from '../../domain/dynamodb/batch-answer.ts';
import type { BatchPart, BatchQuestion } from '../../domain/dynamodb/batch-question.ts';
import type { ReadResult } from '../../ports/item-reader.ts';
import type { WireAnswer } from '../../ports/wire-operations.ts';
import { answerOf } from './gathered.ts';

const decoder = new TextDecoder();

/** What memory has of one part of a batch. */
export interface Recollection {
  readonly part: BatchPart;
  /** In typed JSON. */
  readonly items: readonly string[];
  /** Places of the keys that memory knows nothing of. */
  readonly missing: readonly number[];
}

/** More of a part, by what `recall` knows of the keys that are missing. */
export const recollected = (
  { part, items, missing }: Recollection,
  recall: (key: EntryKey) => ReadResult | undefined,
): Recollection => {
  const found = [...items];
  const unknown = missing.filter((index) => {
    const key = part.question?.keys[index];
    const result = key && recall(key);
    if (result?.outcome === 'found') found.push(decoder.decode(result.body.bytes));
    return result === undefined;
  });
  return { part, items: found, missing: unknown };
};

/** The whole answer, if memory has all of it. */
export const answerFromMemory = (
  question: BatchQuestion,
  recollections: readonly Recollection[],
): WireAnswer | undefined => {
  const isWhole = recollections.every(
    ({ part, missing }) => part.question !== undefined && missing.length === 0,
  );
  return isWhole ? answerOf(mergedAnswer(question, itemsByTable(recollections))) : undefined;
};

/** In typed JSON, by the name by which the request calls the table. */
export const itemsByTable = (
  recollections: readonly Recollection[],
): ReadonlyMap<string, readonly string[]> =>
  new Map(recollections.map(({ part, items }) => [part.tableName, items]));
