import { BodyCollector } from '../../domain/cache/body-collector.ts';
import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceUnavailableError, TransientError } from '../../domain/cache/errors.ts';
import { itemBodies } from '../../domain/dynamodb/json/item-bodies.ts';
import type { RawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import { hasAtMostNodes } from '../../domain/dynamodb/json/wire-json.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import { MAX_ANSWER_BYTES } from '../../domain/dynamodb/operations/bypass-reason.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { ExternalRead } from '../invalidation/side-load.ts';

/** The answer is longer than an answer that is read whole may be. */
export class LongAnswerError extends SourceUnavailableError {
  constructor() {
    super(`DynamoDB's answer is longer than ${MAX_ANSWER_BYTES} bytes, which is the most that is read whole`);
  }
}

/**
 * Reads the whole body of an answer. Rejects as the body does, if the rest of it does not come.
 *
 * @throws {LongAnswerError} by rejection; the rest is not read then, and the connection is closed
 */
export const readBody = async ({ body }: WireAnswer): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const collected = new BodyCollector(MAX_ANSWER_BYTES);
  for await (const piece of body) {
    if (!collected.add(piece)) throw new LongAnswerError();
  }
  return collected.whole();
};

/** The same, or undefined for a longer answer: such an answer can only be streamed. */
export const readBodyUnlessLong = async (answer: WireAnswer): Promise<Uint8Array | undefined> => {
  try {
    return await readBody(answer);
  } catch (error) {
    if (error instanceof LongAnswerError) return undefined;
    throw error;
  }
};

/** The answer with another body; of the headers only that remains which names the answer, because the others tell of the old one. */
export const withBody = ({ status, headers }: WireAnswer, body: Uint8Array): WireAnswer => {
  const id = headers['x-amzn-requestid'];
  return { status, headers: id === undefined ? {} : { 'x-amzn-requestid': id }, body };
};

/** An answer that consists of nothing but its body. */
export const answerOf = (body: Uint8Array): WireAnswer => ({ status: 200, headers: {}, body });

/** Reading and storing an answer of more bytes would block other requests for too long: see decision 28. */
const MAX_READ_BYTES = 1_048_576;
/** An answer of no more bytes is read whatever it contains. */
const ALWAYS_READ_BYTES = 131_072;
/** Containers, members and elements of a longer one; about as many as fit into a shorter one. */
const MAX_NODES = 24_576;
/** Escapes in strings, each of which a scan has to look at. */
const MAX_ESCAPES = 65_536;
const BACKSLASH = 0x5c;

/** Whether an answer says that it is too large to be read and stored. DynamoDB tells the length of its answers. */
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

/** Gives up the rest of an answer that is not read to its end. */
export const discard = async ({ body }: WireAnswer): Promise<void> => {
  if (body instanceof Uint8Array) return;
  const pieces = body[Symbol.asyncIterator]();
  // A generator that was not started ends without giving up what it reads from.
  await pieces.next().catch(() => undefined);
  await pieces.return?.();
};

/**
 * The answer of DynamoDB to a read, or in its place what `stale` makes, while DynamoDB is temporarily failing and there is something.
 * Throttling is passed on: to slow down is for the client.
 */
export const staleIfError = async (
  asking: Promise<WireAnswer>,
  stale: () => WireAnswer | Promise<WireAnswer> | undefined,
): Promise<WireAnswer> => {
  try {
    const answer = await asking;
    const replacement = answer.status < 500 ? undefined : stale();
    if (replacement === undefined) return answer;
    // Read to its end, so that its connection can serve again; that it breaks off is one failure with the other.
    await readBody(answer).catch(() => undefined);
    return replacement;
  } catch (error) {
    const replacement = error instanceof TransientError ? stale() : undefined;
    if (replacement === undefined) throw error;
    return replacement;
  }
};

/** Stores what DynamoDB said of a key, unless it cannot be read or is another key's item. */
export const storeItem = (
  read: ExternalRead,
  table: ConfiguredTable,
  key: EntryKey,
  item: RawItem | undefined,
): void => {
  if (item !== undefined && !table.isItem(item.attributes, key)) return;
  try {
    const bodies = item === undefined ? [] : itemBodies(item, table.projection.surplus, read.contentTypes);
    read.take({ key, bodies });
  } catch (error) {
    // The client gets it all the same: what it is may be clear to the SDK.
    if (!(error instanceof SyntaxError)) throw error;
  }
};
