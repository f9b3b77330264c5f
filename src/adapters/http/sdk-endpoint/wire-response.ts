import zlib from 'node:zlib';
import type { WireAnswer } from '../../../ports/inbound/wire-operations.ts';

/** Converts a response to a web-standard object. Throws a `RangeError` for an invalid status. */
export const wireResponse = ({ status, headers, body }: WireAnswer): Response => {
  const content = body instanceof Uint8Array ? body : streamOf(body);
  return new Response(hasNoBody(status) ? null : content, { status, headers });
};

/** `Response` does not accept a body with these statuses. */
const hasNoBody = (status: number): boolean => status === 204 || status === 205 || status === 304;

/** Reads a piece only when the client has taken the previous one. */
const streamOf = (pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
};

/** Adds a content type, a request id, a length and a checksum if the response has none. */
export const withStandardHeaders = (
  { status, headers, body }: WireAnswer,
  contentType: string,
): WireAnswer => {
  const id = headers['x-amzn-requestid'] ?? crypto.randomUUID();
  const whole = body instanceof Uint8Array ? bodyHeaders(headers, body) : undefined;
  return {
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': id, ...headers, ...whole },
    body,
  };
};

const bodyHeaders = (headers: WireAnswer['headers'], body: Uint8Array): Readonly<Record<string, string>> => ({
  'content-length': String(body.byteLength),
  'x-amz-crc32': headers['x-amz-crc32'] ?? String(crc32(body)),
});

const POLYNOMIAL = 0xedb88320;

const tableOf = (): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    return value;
  });

let table: Uint32Array | undefined;

/** The CRC-32 of `bytes`, computed in JavaScript. */
export const tableCrc32 = (bytes: Uint8Array): number => {
  table ??= tableOf();
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
};

/** The CRC-32 of `bytes`, by the runtime if it provides one: Node.js before 20.15 does not. */
export const crc32: (bytes: Uint8Array) => number =
  typeof zlib.crc32 === 'function' ? (bytes) => zlib.crc32(bytes) : tableCrc32;
