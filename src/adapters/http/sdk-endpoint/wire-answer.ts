import zlib from 'node:zlib';
import type { CacheError, ErrorCategory } from '../../../domain/cache/errors.ts';
import { awsFailure } from '../../../domain/named-values/aws-failure.ts';
import {
  NotForwardedError,
  OperationRefusedError,
  type WireAnswer,
} from '../../../ports/inbound/wire-operations.ts';
import { type Problem, retryHeaders } from '../problem.ts';

/** The service of an endpoint for SDKs, and how it writes errors. */
export interface WireService {
  /** Such as `DynamoDB`. */
  readonly name: string;
  /** The setting of the endpoint that operations are forwarded to. */
  readonly endpointSetting: string;
  /** The content type of its JSON protocol. */
  readonly contentType: string;
  /** Whether the names of errors have a namespace, such as `com.amazon.coral.service#`. */
  readonly hasNamespaces: boolean;
  /** The member of an error that has the message. */
  readonly messageMember: 'message' | 'Message';
}

/** The service of an endpoint that states none. */
export const DYNAMODB_WIRE: WireService = {
  name: 'DynamoDB',
  endpointSetting: 'CACHE_EXTENSION_DYNAMODB_ENDPOINT',
  contentType: 'application/x-amz-json-1.0',
  hasNamespaces: true,
  messageMember: 'message',
};

/** Why an operation fails. */
interface WireProblem {
  readonly status: number;
  /** The exception name with its namespace. SDKs map it to an error class. */
  readonly type: string;
  /** A message for people. Never contains a key value, a credential or a stack. */
  readonly message: string;
  /** Headers in addition to the standard ones. */
  readonly headers?: WireAnswer['headers'];
}

const OF_ANY_SERVICE = 'com.amazon.coral.service';
const OF_DYNAMODB = 'com.amazonaws.dynamodb.v20120810';

type Kind = Pick<WireProblem, 'status' | 'type'>;

/** The operation was not executed; SDKs retry. */
const UNAVAILABLE: Kind = { status: 503, type: `${OF_DYNAMODB}#ServiceUnavailable` };
/** The operation may have been executed; SDKs retry. */
const UNKNOWN_OUTCOME: Kind = { status: 500, type: `${OF_DYNAMODB}#InternalServerError` };
const DENIED: Kind = { status: 400, type: `${OF_ANY_SERVICE}#AccessDeniedException` };

const KINDS: Readonly<Record<ErrorCategory, Kind>> = {
  invalid_request: { status: 400, type: `${OF_DYNAMODB}#ValidationException` },
  forbidden: DENIED,
  refused: DENIED,
  unavailable: UNKNOWN_OUTCOME,
  not_in_cache: UNAVAILABLE,
  timeout: UNKNOWN_OUTCOME,
};

/** The problem that an SDK receives for an error of the cache. */
export const wireProblemOf = (error: CacheError): WireProblem => {
  const message = `dynamodb-cache: ${error.message}`;
  if (error instanceof OperationRefusedError) {
    return { status: 400, type: `${OF_ANY_SERVICE}#${error.type}`, message };
  }
  if (error.code === 'throttled')
    return { status: 400, type: `${OF_DYNAMODB}#${nameOfThrottling(error)}`, message };
  const isNotExecuted = error instanceof NotForwardedError || error.code === 'overloaded';
  if (!isNotExecuted) return { ...KINDS[error.category], message };
  return { ...UNAVAILABLE, message, ...retryHeaders(error) };
};

/** The name with which the service throttled the read, because clients may tell the names apart. */
const nameOfThrottling = ({ cause }: CacheError): string =>
  cause instanceof Error && awsFailure(cause.name, 400) === 'throttled' ? cause.name : 'ThrottlingException';

/** The problem that an SDK receives for a request that a guard rejects. */
export const guardProblem = ({ status, detail, headers = {} }: Problem): WireProblem => ({
  status,
  type: `${OF_ANY_SERVICE}#${status === 429 ? 'ThrottlingException' : 'AccessDeniedException'}`,
  message: `dynamodb-cache: ${detail}`,
  headers,
});

export const WIRE_INTERNAL: WireProblem = {
  ...UNKNOWN_OUTCOME,
  message: 'dynamodb-cache: an internal error of the cache prevented an answer: see its log',
};

/** The response for a problem, in the format of the service. */
export const wireProblemAnswer = (
  { status, type, message, headers = {} }: WireProblem,
  { contentType, hasNamespaces, messageMember }: WireService,
): WireAnswer => {
  const name = hasNamespaces ? type : type.slice(type.indexOf('#') + 1);
  const body = Buffer.from(JSON.stringify({ __type: name, [messageMember]: message }));
  return withStandardHeaders({ status, headers, body }, contentType);
};

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
