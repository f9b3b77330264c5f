import type { WireAnswer } from '../../ports/wire-operations.ts';

/** Reading and storing an answer of more bytes would block other requests for too long. */
const MAX_READ_BYTES = 131_072;

/** Whether an answer says that it is too large to be read and stored. DynamoDB tells the length of its answers. */
export const isTooLargeToRead = ({ headers, body }: WireAnswer): boolean =>
  (body instanceof Uint8Array ? body.length : Number(headers['content-length'] ?? 0)) > MAX_READ_BYTES;

/** Gives up the rest of an answer that nobody reads. */
export const discard = async ({ body }: WireAnswer): Promise<void> => {
  if (body instanceof Uint8Array) return;
  const pieces = body[Symbol.asyncIterator]();
  // A generator that was not started ends without giving up what it reads from.
  await pieces.next().catch(() => undefined);
  await pieces.return?.();
};
