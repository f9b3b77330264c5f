import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { answering } from '../http/scripted-server.ts';
import type { ProxiedRequest } from './proxied-request.ts';

/** A complete answer of DynamoDB. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** A request without an answer yet, and the means of a fault. */
interface FaultContext {
  readonly request: ProxiedRequest;
  readonly response: ServerResponse;
  /** Sends the request to DynamoDB. */
  forward(): Promise<UpstreamAnswer>;
  /** Aborted when the client closes the connection. */
  readonly gone: AbortSignal;
}

/** Handles a request in place of the proxy. A fault that does nothing leaves the client waiting. */
export type Fault = (context: FaultContext) => void | Promise<void>;

/** No fault: DynamoDB answers. */
export const pass: Fault = async ({ forward, response }) => {
  const { status, headers, bytes } = await forward();
  response.writeHead(status, headers).end(bytes);
};

/** Holds the request until `released` resolves, then forwards it. For a `Gate`, pass its `pass`. */
export const delayUntil =
  (released: (gone: AbortSignal) => Promise<unknown>): Fault =>
  async (context) => {
    await released(context.gone);
    await pass(context);
  };

/** Forwards the request, and holds the answer until `released` resolves. */
export const delayAnswerUntil =
  (released: (gone: AbortSignal) => Promise<unknown>): Fault =>
  async ({ forward, response, gone }) => {
    const { status, headers, bytes } = await forward();
    await released(gone);
    response.writeHead(status, headers).end(bytes);
  };

/** Never answers, and keeps the connection. */
const hang: Fault = () => undefined;

/** Asks DynamoDB, sends half of the answer, and no more; the connection stays. */
const stall: Fault = async ({ forward, response }) => {
  const answer = await forward();
  response.writeHead(answer.status, answer.headers).write(halfOf(answer));
};

/** Resets the connection before there is an answer. */
const reset: Fault = ({ response }) => {
  response.socket?.resetAndDestroy();
};

/** Resets the connection when half of the answer has left. */
const resetMidway: Fault = async ({ forward, response }) => {
  const answer = await forward();
  response
    .writeHead(answer.status, answer.headers)
    .write(halfOf(answer), () => response.socket?.resetAndDestroy());
};

/** Closes the connection in good order when half of the answer has left: less comes than was announced. */
const truncate: Fault = async ({ forward, response }) => {
  const answer = await forward();
  response.writeHead(answer.status, answer.headers).write(halfOf(answer), () => response.socket?.end());
};

/** Announces half of the answer and sends that: nothing is missing on the wire, only from the JSON. */
const cut: Fault = async ({ forward, response }) => {
  const answer = await forward();
  const half = halfOf(answer);
  response
    .writeHead(answer.status, { ...answer.headers, 'content-length': String(half.byteLength) })
    .end(half);
};

/** Compresses the answer of DynamoDB, which nobody asked for. */
const gzip: Fault = async ({ forward, response }) => {
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
const noise: Fault = ({ response }) => {
  response.socket?.end(Buffer.from('\u0000\u0001 this is no HTTP \r\n\r\n'));
};

/** Answers in place of DynamoDB. */
const answer = (
  status: number,
  body: string | Uint8Array,
  headers?: Readonly<Record<string, string>>,
): Fault => {
  const write = answering(status, body, headers);
  return ({ response }) => write(response);
};

/** Fails as DynamoDB does, with the name of an exception. */
const failure = (status: number, name: string): Fault =>
  answer(
    status,
    JSON.stringify({
      __type: `com.amazonaws.dynamodb.v20120810#${name}`,
      message: 'made by the fault proxy',
    }),
  );

const halfOf = ({ bytes }: UpstreamAnswer): Uint8Array => bytes.subarray(0, bytes.byteLength >> 1);

/** Every fault that needs no argument, by the name that it has on the command line and in titles of tests. */
export const FAULTS = {
  pass,
  hang,
  stall,
  reset,
  'reset-midway': resetMidway,
  truncate,
  noise,
  /** What DynamoDB says if it has nothing under a key. */
  'no-item': answer(200, '{}'),
  throttle: failure(400, 'ProvisionedThroughputExceededException'),
  throttling: failure(400, 'ThrottlingException'),
  'request-limit': failure(400, 'RequestLimitExceeded'),
  500: failure(500, 'InternalServerError'),
  503: failure(503, 'ServiceUnavailable'),
  /** What stands before a service answers for it, in words of its own. */
  'forbidden-page': answer(403, '<html><body>Forbidden</body></html>', { 'content-type': 'text/html' }),
  'bad-gateway': answer(502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' }),
  garbage: answer(200, Uint8Array.of(0xff, 0xfe, 0x00, 0x7b, 0x22)),
  empty: answer(200, ''),
  /** An error with the status of an answer. */
  'error-as-success': answer(200, '{"__type":"com.amazonaws.dynamodb.v20120810#InternalFailure"}'),
  'other-object': answer(200, '{"status":"ok"}'),
  'other-item': answer(200, '{"Item":{"id":{"S":"another"},"v":{"N":"2"}}}'),
  'other-type': answer(200, '{}', { 'content-type': 'application/json' }),
  cut,
  gzip,
  'access-denied': failure(400, 'AccessDeniedException'),
  'no-such-table': failure(400, 'ResourceNotFoundException'),
  validation: failure(400, 'ValidationException'),
  'expired-token': failure(400, 'ExpiredTokenException'),
  'bad-signature': failure(400, 'InvalidSignatureException'),
  'unknown-client': failure(400, 'UnrecognizedClientException'),
} satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

export const isFaultName = (name: string): name is `${FaultName}` => Object.hasOwn(FAULTS, name);
