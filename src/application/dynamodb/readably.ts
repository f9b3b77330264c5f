import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import { isAwsJson } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { RawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';

/**
 * What `read` makes of an answer with status 200. If it is no answer to the request, its connection is ended.
 *
 * @throws {SourceUnavailableError} if the answer is not of DynamoDB's content type, or `read` throws that
 */
export const readably = <T>(answer: WireAnswer, read: () => T): T => {
  try {
    if (!isAwsJson(answer.headers['content-type'])) throw unusable();
    return read();
  } catch (error) {
    if (error instanceof SourceUnavailableError) answer.discard?.();
    throw error;
  }
};

/** The same, or `undefined` where it throws: the client gets the answer as it is. */
export const ifReadable = <T>(answer: WireAnswer, read: () => T): T | undefined => {
  try {
    return readably(answer, read);
  } catch (error) {
    if (error instanceof SourceUnavailableError) return undefined;
    throw error;
  }
};

/** The item, if it has the key that was asked for. @throws {SourceUnavailableError} if it has another */
export const askedItem = (
  item: RawItem | undefined,
  table: ConfiguredTable,
  key: EntryKey,
): RawItem | undefined => {
  if (item !== undefined && !table.isItem(item.attributes, key)) throw unusable();
  return item;
};

/**
 * The items by the texts of their keys; `undefined` if one lacks a key of the configuration, which is for the client to read.
 *
 * @param asked texts of the keys that were asked for
 * @throws {SourceUnavailableError} if one has another key, or two have the same
 */
export const askedItems = (
  items: readonly RawItem[],
  table: ConfiguredTable,
  asked: ReadonlySet<string>,
): ReadonlyMap<string, RawItem> | undefined => {
  const found = new Map<string, RawItem>();
  for (const item of items) {
    const key = table.keyIn(item.attributes);
    if (key === undefined) return undefined;
    if (found.has(key.text) || !asked.has(key.text)) throw unusable();
    found.set(key.text, item);
  }
  return found;
};

export const unusable = (): SourceUnavailableError =>
  new SourceUnavailableError('DynamoDB gave no usable answer to the request');
