import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import { isAwsJson } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { RawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';

/**
 * Applies `read` to an answer with status 200. Closes the connection of an unusable answer.
 *
 * @throws {SourceUnavailableError} if the answer does not have DynamoDB's content type, or `read` throws it
 */
export const readAnswer = <T>(answer: WireAnswer, read: () => T): T => {
  try {
    if (!isAwsJson(answer.headers['content-type'])) throw unusableAnswer();
    return read();
  } catch (error) {
    if (error instanceof SourceUnavailableError) answer.discard?.();
    throw error;
  }
};

/** The same, but `undefined` for an unusable answer: the client receives that answer unchanged. */
export const readAnswerIfUsable = <T>(answer: WireAnswer, read: () => T): T | undefined => {
  try {
    return readAnswer(answer, read);
  } catch (error) {
    if (error instanceof SourceUnavailableError) return undefined;
    throw error;
  }
};

/** Returns the item. @throws {SourceUnavailableError} if its key is not the requested one */
export const requestedItem = (
  item: RawItem | undefined,
  table: ConfiguredTable,
  key: EntryKey,
): RawItem | undefined => {
  if (item !== undefined && !table.isItem(item.attributes, key)) throw unusableAnswer();
  return item;
};

/**
 * The items by the texts of their keys; `undefined` if an item lacks a configured key attribute, so that only the client can
 * read the answer.
 *
 * @param requested texts of the requested keys
 * @throws {SourceUnavailableError} if an item has a key that was not requested, or two items have the same key
 */
export const requestedItems = (
  items: readonly RawItem[],
  table: ConfiguredTable,
  requested: ReadonlySet<string>,
): ReadonlyMap<string, RawItem> | undefined => {
  const found = new Map<string, RawItem>();
  for (const item of items) {
    const key = table.keyIn(item.attributes);
    if (key === undefined) return undefined;
    if (found.has(key.text) || !requested.has(key.text)) throw unusableAnswer();
    found.set(key.text, item);
  }
  return found;
};

export const unusableAnswer = (): SourceUnavailableError =>
  new SourceUnavailableError('DynamoDB returned an answer that does not fit the request');
