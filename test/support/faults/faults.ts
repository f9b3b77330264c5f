import { gzipSync } from 'node:zlib';
import type { Fault, UpstreamAnswer } from './exchange.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** No fault: DynamoDB answers. */
export const pass: Fault = async ({ forward, response }) => {
  const { status, headers, bytes } = await forward();
  response.writeHead(status, headers).end(bytes);
};

/** Holds the request back until `released` resolves, and lets `then` happen to it; a `Gate` does for it with its `pass`. */
export const delayUntil =
  (released: (gone: AbortSignal) => Promise<unknown>, then: Fault = pass): Fault =>
  async (exchange) => {
    await released(exchange.gone);
    await then(exchange);
  };

/** Never answers, and keeps the connection. */
export const hang: Fault = () => undefined;

/** Asks DynamoDB, sends half of the answer, and no more; the connection stays. */
export const stall: Fault = async ({ forward, response }) => {
  const answer = await forward();
  response.writeHead(answer.status, answer.headers).write(halfOf(answer));
};

/** Resets the connection before there is an answer. */
export const reset: Fault = ({ response }) => {
  response.socket?.resetAndDestroy();
};

/** Resets the connection when half of the answer has left. */
export const resetMidway: Fault = async ({ forward, response }) => {
  const answer = await forward();
  response
    .writeHead(answer.status, answer.headers)
    .write(halfOf(answer), () => response.socket?.resetAndDestroy());
};

/** Closes the connection in good order when half of the answer has left: less comes than was announced. */
export const truncate: Fault = async ({ forward, response }) => {
  const answer = await forward();
  response.writeHead(answer.status, answer.headers).write(halfOf(answer), () => response.socket?.end());
};

/** Announces half of the answer and sends that: nothing is missing on the wire, only from the JSON. */
export const cut: Fault = async ({ forward, response }) => {
  const answer = await forward();
  const half = halfOf(answer);
  response
    .writeHead(answer.status, { ...answer.headers, 'content-length': String(half.byteLength) })
    .end(half);
};

/** Compresses the answer of DynamoDB, which nobody asked for. */
export const gzip: Fault = async ({ forward, response }) => {
  const { status, headers, bytes } = await forward();
  const packed = gzipSync(bytes);
  response
    .writeHead(status, {
      ...headers,
      'content-encoding': 'gzip',
      'content-length': String(packed.byteLength),
    })
    .end(packed);
};

/** Sends what is not even HTTP. */
export const noise: Fault = ({ response }) => {
  response.socket?.end(Buffer.from('\u0000\u0001 this is no HTTP \r\n\r\n'));
};

/** Answers in place of DynamoDB. */
export const answer =
  (status: number, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Fault =>
  ({ response }) => {
    response
      .writeHead(status, {
        'content-type': CONTENT_TYPE,
        'content-length': String(Buffer.byteLength(body)),
        ...headers,
      })
      .end(body);
  };

/** Fails as DynamoDB does, with the name of an exception. */
export const failure = (status: number, name: string): Fault =>
  answer(
    status,
    JSON.stringify({
      __type: `com.amazonaws.dynamodb.v20120810#${name}`,
      message: 'made by the fault proxy',
    }),
  );

const halfOf = ({ bytes }: UpstreamAnswer): Uint8Array => bytes.subarray(0, bytes.byteLength >> 1);
