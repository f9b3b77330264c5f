import { hasAtMostNodes } from '../../domain/dynamodb/json/readable-body.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';

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
