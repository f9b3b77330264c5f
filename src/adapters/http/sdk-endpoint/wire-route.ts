import { CacheError, OverloadedError } from '../../../domain/cache/errors.ts';
import type { BodyAllowance, Connection, OpenRequest, RawHandler } from '../../../ports/inbound/server.ts';
import {
  type ClientSignal,
  HOP_HEADER,
  type IncomingOperation,
  OperationRefusedError,
  type WireAnswer,
  type WireHeaders,
  type WireOperations,
} from '../../../ports/inbound/wire-operations.ts';
import type { Guard } from '../guards.ts';
import { GatheredBody } from '../server/request-body.ts';
import { RawHeaders } from '../server/request-head.ts';
import { ClientDisconnectedError } from '../server/server-errors.ts';
import {
  DYNAMODB_WIRE,
  guardProblem,
  WIRE_INTERNAL,
  wireProblemAnswer,
  wireProblemOf,
  type WireService,
  withStandardHeaders,
} from './wire-answer.ts';

/** The operations of one service at the endpoint for SDKs. */
export interface WireRouteOptions {
  /** The prefix of `X-Amz-Target`; the operation name follows it. */
  readonly targetPrefix: string;
  /** Default: DynamoDB. */
  readonly service?: WireService;
  /** The operations, or a function that loads them with the first request. */
  readonly operations: WireOperations | (() => Promise<WireOperations>);
}

/** Closes the connection, because the client may still be sending. */
const TOO_LARGE: WireAnswer = { status: 413, headers: { connection: 'close' }, body: new Uint8Array() };

/** Answers requests of SDKs, errors included, in the format of their service. */
export class WireRoute {
  readonly #services: readonly ServedService[];
  readonly #guard: Guard;
  readonly #bodies: PendingBodies;
  readonly #onDefect: (error: unknown) => void;

  /** @param onDefect called with errors that are not a `CacheError` */
  constructor(
    services: readonly WireRouteOptions[],
    guard: Guard,
    bodies: PendingBodies,
    onDefect: (error: unknown) => void,
  ) {
    this.#services = services.map((options) => new ServedService(options));
    this.#guard = guard;
    this.#bodies = bodies;
    this.#onDefect = onDefect;
  }

  /** Whether a POST to `/` is an SDK request. */
  static matches(headers: Pick<WireHeaders, 'has'>, url = ''): boolean {
    return headers.has('x-amz-target') || isSignedInQuery(url);
  }

  /** Never rejects. */
  async answer(request: WireHttpRequest, connection: Connection | undefined): Promise<WireAnswer> {
    const body = this.#bodies.open();
    const target = request.headers.get('x-amz-target') ?? '';
    const served = this.#services.find(({ targetPrefix }) => target.startsWith(targetPrefix));
    const service = served?.service ?? DYNAMODB_WIRE;
    try {
      const problem = this.#guard(request, connection);
      if (problem !== undefined) return wireProblemAnswer(guardProblem(problem), service);
      if (isSignedInQuery(request.url)) throw signedInQuery();
      if (served === undefined) throw unknownTarget(this.#services);
      if (request.headers.has(HOP_HEADER)) throw loop(service);
      const operation = new ReceivedOperation(request, target.slice(served.targetPrefix.length), body);
      served.operations ??= await served.load();
      return withStandardHeaders(await served.operations.execute(operation), service.contentType);
    } catch (error) {
      if (error instanceof BodyTooLargeError) return withStandardHeaders(TOO_LARGE, service.contentType);
      if (error instanceof CacheError) return wireProblemAnswer(wireProblemOf(error), service);
      // A client that disconnects while sending is not a defect.
      if (!(error instanceof ClientDisconnectedError)) this.#onDefect(error);
      return wireProblemAnswer(WIRE_INTERNAL, service);
    } finally {
      body.release();
    }
  }
}

/** One service, and its operations once they are loaded. */
class ServedService {
  readonly targetPrefix: string;
  readonly service: WireService;
  readonly load: () => Promise<WireOperations>;
  operations: WireOperations | undefined;

  constructor({ targetPrefix, service = DYNAMODB_WIRE, operations }: WireRouteOptions) {
    this.targetPrefix = targetPrefix;
    this.service = service;
    this.operations = typeof operations === 'function' ? undefined : operations;
    this.load = typeof operations === 'function' ? operations : async () => operations;
  }
}

class ReceivedOperation implements IncomingOperation {
  readonly operation: string;
  readonly headers: WireHeaders;
  readonly #request: WireHttpRequest;
  readonly #allowance: PendingBody;

  constructor(request: WireHttpRequest, operation: string, allowance: PendingBody) {
    this.operation = operation;
    this.headers = request.headers;
    this.#request = request;
    this.#allowance = allowance;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }

  async read(): Promise<Uint8Array> {
    const body = await this.#request.read(this.#allowance);
    if (body === undefined) throw new BodyTooLargeError();
    return body;
  }
}

/** The body is longer than any operation allows. */
class BodyTooLargeError extends Error {}

const unknownTarget = (services: readonly ServedService[]): OperationRefusedError =>
  new OperationRefusedError(
    'UnknownOperationException',
    `X-Amz-Target does not begin with ${services.map(({ targetPrefix }) => targetPrefix).join(' or ')}, and this endpoint serves no other service: set the endpoint of that service alone, not AWS_ENDPOINT_URL`,
  );

const signedInQuery = (): OperationRefusedError =>
  new OperationRefusedError(
    'MissingAuthenticationTokenException',
    'the request is signed in its query string (a presigned URL), which the cache does not accept: sign it in the Authorization header, or send it to an endpoint of the service itself',
  );

const loop = ({ name, endpointSetting }: WireService): OperationRefusedError =>
  new OperationRefusedError(
    'AccessDeniedException',
    `the extension forwards requests to itself: set ${endpointSetting} to an endpoint of ${name}, not of the extension`,
  );

/** Answers SDK requests without the router and web-standard objects, which take longer than all other steps. */
export const rawHandler =
  (route: WireRoute): RawHandler =>
  (request, connection) => {
    if (request.method !== 'POST' || request.target !== '/') return undefined;
    const headers = new RawHeaders(request.headers);
    if (!WireRoute.matches(headers)) return undefined;
    return route.answer(new OpenWireRequest(request, headers), connection);
  };

/** A request of an SDK, independent of the HTTP server. */
export interface WireHttpRequest {
  readonly url: string;
  readonly headers: WireHeaders;
  /** Created on first access; an answer from memory needs none. */
  readonly signal: ClientSignal;
  /** Resolves with the whole body; undefined if it exceeds the maximum length. Rejects as `OpenRequest.read` does. */
  read(allowance: BodyAllowance): Promise<Uint8Array | undefined>;
}

// Classes, because V8 keeps the getter of an object literal and its closure until the next major garbage collection.

/** A request of an SDK without web-standard objects. */
class OpenWireRequest implements WireHttpRequest {
  readonly url: string;
  readonly headers: WireHeaders;
  readonly #request: OpenRequest;

  constructor(request: OpenRequest, headers: WireHeaders) {
    this.url = `http://${headers.get('host') ?? ''}/`;
    this.headers = headers;
    this.#request = request;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    return this.#request.read(allowance);
  }
}

/** A request of an SDK from a web-standard `Request`. */
export class WebWireRequest implements WireHttpRequest {
  readonly headers: WireHeaders;
  readonly #request: Request;

  constructor(request: Request) {
    this.headers = request.headers;
    this.#request = request;
  }

  get url(): string {
    return this.#request.url;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    return bodyWithin(this.#request, allowance);
  }
}

/** Lower-case query parameters of requests that are signed in their URL: Signature Versions 4 and 2. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-signature',
]);

/** Whether `url` carries a signature in its query string, as presigned URLs do. */
const isSignedInQuery = (url: string): boolean => {
  const start = url.indexOf('?');
  if (start === -1) return false;
  return [...new URLSearchParams(url.slice(start)).keys()].some((name) => PARAMETERS.has(name.toLowerCase()));
};

/**
 * Reads the body of a request. Returns undefined if it exceeds the maximum length.
 *
 * @throws {OverloadedError} if the pending bodies together exceed their limit
 * @throws {ClientDisconnectedError} if the client disconnects before the end of the body
 */
const bodyWithin = async (request: Request, allowance: BodyAllowance): Promise<Uint8Array | undefined> => {
  const length = request.headers.get('content-length');
  const body = new GatheredBody(length === null ? undefined : Number(length), allowance);
  if (!body.begin()) return undefined;
  try {
    for await (const piece of request.body ?? []) if (!body.add(piece)) return undefined;
  } catch (error) {
    if (error instanceof CacheError) throw error;
    throw new ClientDisconnectedError({ cause: error });
  }
  return body.whole();
};

/** Slightly more than DynamoDB accepts, so that DynamoDB itself rejects requests that are too large. */
const MAX_BODY_BYTES = 17 * 1024 * 1024;

/** Sent in `Retry-After`: bodies on the loopback interface are read within this time. */
const RETRY_AFTER_MS = 1000;

/** Bounds the total size of the bodies of unanswered requests. */
export class PendingBodies {
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes of all bodies together; raised to the maximum length of one body if it is smaller */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.max(maxBytes, MAX_BODY_BYTES);
  }

  /** Opens the share of one request. Release it when the request is answered. */
  open(): PendingBody {
    return new PendingBody(this);
  }

  /** Reserves `bytes`. Returns false, and reserves none, if the limit would be exceeded. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** The share of one request in the pending bodies. */
class PendingBody implements BodyAllowance {
  readonly maxBytes = MAX_BODY_BYTES;
  readonly #bodies: PendingBodies;
  #bytes = 0;

  constructor(bodies: PendingBodies) {
    this.#bodies = bodies;
  }

  take(bytes: number): void {
    if (!this.#bodies.take(bytes)) {
      throw new OverloadedError(
        'the unanswered request bodies together exceed CACHE_EXTENSION_MAX_PENDING_BODY_BYTES: retry this request, or raise the setting',
        { retryAfterMs: RETRY_AFTER_MS },
      );
    }
    this.#bytes += bytes;
  }

  release(): void {
    this.#bodies.release(this.#bytes);
    this.#bytes = 0;
  }
}
