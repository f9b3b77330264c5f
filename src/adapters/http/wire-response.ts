import type { WireAnswer } from '../../ports/wire-operations.ts';
import { crc32 } from './crc32.ts';

/** What bodies of the protocol are (AWS JSON 1.0). */
export const WIRE_CONTENT_TYPE = 'application/x-amz-json-1.0';

/**
 * The answer as it goes to the client, with an id and a checksum where it has none.
 *
 * @param onBreak called if the rest of the body does not come: nothing more is sent from then on; by default the stream fails
 */
export const wireResponse = (
  { status, headers, body }: WireAnswer,
  onBreak?: (error: unknown) => void,
): Response => {
  const isWhole = body instanceof Uint8Array;
  return new Response(hasNoBody(status) ? null : isWhole ? body : streamOf(body, onBreak), {
    status,
    headers: {
      'content-type': WIRE_CONTENT_TYPE,
      'x-amzn-requestid': headers['x-amzn-requestid'] ?? crypto.randomUUID(),
      ...(isWhole ? checksumOf(headers, body) : {}),
      ...headers,
    },
  });
};

const checksumOf = (headers: WireAnswer['headers'], body: Uint8Array): Readonly<Record<string, string>> => ({
  'content-length': String(body.byteLength),
  ...(headers['x-amz-crc32'] === undefined ? { 'x-amz-crc32': String(crc32(body)) } : {}),
});

/** Those for which a `Response` takes no body. */
const hasNoBody = (status: number): boolean => status === 204 || status === 205 || status === 304;

/** Asks for a piece only when the client has taken the one before. */
const streamOf = (
  pieces: AsyncIterable<Uint8Array>,
  onBreak = (error: unknown): void => {
    throw error;
  },
): ReadableStream<Uint8Array> => {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          onBreak(error);
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
};
