import { collectBody } from '../../domain/cache/body-collector.ts';
import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import { isAwsJson, MAX_ANSWER_BYTES } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { itemBodies } from '../../domain/dynamodb/json/item-bodies.ts';
import type { RawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import { hasAtMostNodes, readObject } from '../../domain/json/json-object.ts';
import { BACKSLASH } from '../../domain/json/json-signs.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { ExternalRead } from '../invalidation/side-load.ts';
import type { ForwardedRead } from '../source-access/forwarded-reads.ts';

/** The answer is longer than `MAX_ANSWER_BYTES`. */
class LongAnswerError extends SourceUnavailableError {
  constructor() {
    super(`DynamoDB's answer is longer than the limit of ${MAX_ANSWER_BYTES} bytes`);
  }
}

/**
 * Reads the whole body of an answer. Rejects with the error of the body if it ends early.
 *
 * @throws {LongAnswerError} if the body is too long; closes the connection instead of reading the rest
 */
export const readBody = async ({ body }: WireAnswer): Promise<Uint8Array> =>
  body instanceof Uint8Array ? body : collectBody(body, MAX_ANSWER_BYTES, () => new LongAnswerError());

/** The same, but `undefined` if the body is too long: such an answer can only be streamed. */
export const readBodyUnlessLong = async (answer: WireAnswer): Promise<Uint8Array | undefined> => {
  try {
    return await readBody(answer);
  } catch (error) {
    if (error instanceof LongAnswerError) return undefined;
    throw error;
  }
};

/** The answer with another body. Keeps only the request id of the headers, because the others describe the old body. */
export const withBody = ({ status, headers }: WireAnswer, body: Uint8Array): WireAnswer => {
  const id = headers['x-amzn-requestid'];
  return { status, headers: id === undefined ? {} : { 'x-amzn-requestid': id }, body };
};

/** An answer of status 200 without headers. */
export const answerOf = (body: Uint8Array): WireAnswer => ({ status: 200, headers: {}, body });

/** Reading and storing an answer of more bytes would block other requests for too long: see decision 28. */
const MAX_READ_BYTES = 1_048_576;
/** An answer of no more bytes is read whatever it contains. */
const ALWAYS_READ_BYTES = 131_072;
/** Limit of containers, members and elements in a longer answer; a shorter one holds about as many at most. */
const MAX_NODES = 24_576;
/** Limit of escapes in the strings of a longer answer: a scan stops at each. */
const MAX_ESCAPES = 65_536;

/** Whether an answer is too large to be read and stored, by its `content-length`. */
export const isTooLargeToRead = ({ headers, body }: WireAnswer): boolean =>
  (body instanceof Uint8Array ? body.length : Number(headers['content-length'] ?? 0)) > MAX_READ_BYTES;

/** Whether the body of an answer is too large, or has too many values, to be read and stored. */
export const isTooHeavyToRead = (body: Uint8Array): boolean =>
  body.length > MAX_READ_BYTES ||
  (body.length > ALWAYS_READ_BYTES && (hasManyEscapes(body) || !hasAtMostNodes(body, MAX_NODES)));

const hasManyEscapes = (body: Uint8Array): boolean => {
  let count = 0;
  for (let at = body.indexOf(BACKSLASH); at !== -1; at = body.indexOf(BACKSLASH, at + 2)) {
    count += 1;
    if (count > MAX_ESCAPES) return true;
  }
  return false;
};

/** The name of the error in an answer, with its namespace; `undefined` if the body is not an error of DynamoDB. */
const errorNameIn = ({ body }: WireAnswer): string | undefined => {
  const name = body instanceof Uint8Array ? readObject(body)?.__type : undefined;
  return typeof name === 'string' ? name : undefined;
};

const ACCESS_DENIED = /^(?:[^#]*#)?AccessDeniedException$/;

/**
 * Whether DynamoDB denied a read. A read of the cache requests all attributes, and a policy may allow only those that the client
 * requests (`dynamodb:Attributes`).
 */
export const isAccessDenied = (answer: WireAnswer): boolean =>
  answer.status === 400 && ACCESS_DENIED.test(errorNameIn(answer) ?? '');

/** Discards the rest of an answer. */
export const discard = async ({ body }: WireAnswer): Promise<void> => {
  if (body instanceof Uint8Array) return;
  const pieces = body[Symbol.asyncIterator]();
  // A generator that was not started returns without closing the stream that it reads.
  await pieces.next().catch(() => undefined);
  await pieces.return?.();
};

/**
 * How a forwarded read fails for a moment. An error without a name is not from DynamoDB. A throttling answer goes to the client,
 * which must slow down.
 */
export const READ_FAILURES: Pick<ForwardedRead<WireAnswer>, 'isFailure' | 'drain'> = {
  isFailure: (answer) => answer.status >= 500 || (answer.status >= 400 && errorNameIn(answer) === undefined),
  drain: async (answer) => {
    // Reading to the end makes the connection reusable. A second failure here changes nothing.
    await readBody(answer).catch(() => undefined);
  },
};

/** Stores the item of a key, or its absence, unless the item is unreadable or has another key. */
export const storeItem = (
  read: ExternalRead,
  table: ConfiguredTable,
  key: EntryKey,
  item: RawItem | undefined,
): void => {
  if (item !== undefined && !table.isItem(item.attributes, key)) return;
  try {
    const bodies = item === undefined ? [] : itemBodies(item, table.projection.surplus, read.contentTypes);
    read.store({ key, bodies });
  } catch (error) {
    // The client still receives the item: its SDK may be able to read it.
    if (!(error instanceof SyntaxError)) throw error;
  }
};

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
