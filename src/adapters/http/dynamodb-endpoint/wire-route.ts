import { CacheError } from '../../../domain/cache/errors.ts';
import type { BodyAllowance, Connection, OpenRequest, RawHandler } from '../../../ports/inbound/server.ts';
import {
  type ClientSignal,
  type IncomingOperation,
  OperationRefusedError,
  type WireAnswer,
  type WireHeaders,
  type WireOperations,
} from '../../../ports/inbound/wire-operations.ts';
import type { Guard } from '../guards.ts';
import { RawHeaders } from '../server/raw-headers.ts';
import { bodyWithin, ClientLeftError, type PendingBodies, type PendingBody } from '../server/request-body.ts';
import { refusedByGuard, WIRE_INTERNAL, wireProblemAnswer, wireProblemOf } from './wire-problem.ts';
import { completed } from './wire-response.ts';

/** What a client's own protocol is answered with. */
export interface WireRouteOptions {
  /** What `X-Amz-Target` begins with; the name of the operation follows. */
  readonly targetPrefix: string;
  /** The operations, or what loads them with the first request. */
  readonly operations: WireOperations | (() => Promise<WireOperations>);
}

/** Set on what was forwarded by an extension. */
const HOP_HEADER = 'x-dynamodb-cache-forwarded';

/** The client may be sending still. */
const TOO_LARGE: WireAnswer = { status: 413, headers: { connection: 'close' }, body: new Uint8Array() };

/** Answers what SDKs send, always in the way of DynamoDB. */
export class WireRoute {
  readonly #targetPrefix: string;
  readonly #load: () => Promise<WireOperations>;
  #operations: WireOperations | undefined;
  readonly #guard: Guard;
  readonly #bodies: PendingBodies;
  readonly #onDefect: (error: unknown) => void;

  /** @param onDefect learns of errors that are no `CacheError` */
  constructor(
    { targetPrefix, operations }: WireRouteOptions,
    guard: Guard,
    bodies: PendingBodies,
    onDefect: (error: unknown) => void,
  ) {
    this.#targetPrefix = targetPrefix;
    this.#operations = typeof operations === 'function' ? undefined : operations;
    this.#load = typeof operations === 'function' ? operations : async () => operations;
    this.#guard = guard;
    this.#bodies = bodies;
    this.#onDefect = onDefect;
  }

  /** Whether a POST to `/` is for this route; others may be sent there as well. */
  static isMeant(headers: Pick<WireHeaders, 'has'>, url = ''): boolean {
    return headers.has('x-amz-target') || isSignedInQuery(url);
  }

  /** Never rejects. */
  async answer(request: WireHttpRequest, connection: Connection | undefined): Promise<WireAnswer> {
    const body = this.#bodies.open();
    try {
      const problem = this.#guard(request, connection);
      if (problem !== undefined) return completed(wireProblemAnswer(refusedByGuard(problem)));
      if (isSignedInQuery(request.url)) throw signedInQuery();
      const operation = this.#operationIn(request.headers);
      this.#operations ??= await this.#load();
      return completed(await this.#operations.execute(new SentOperation(request, operation, body)));
    } catch (error) {
      if (error instanceof BodyTooLargeError) return completed(TOO_LARGE);
      if (error instanceof CacheError) return completed(wireProblemAnswer(wireProblemOf(error)));
      // A client that leaves while it sends is no defect.
      if (!(error instanceof ClientLeftError)) this.#onDefect(error);
      return completed(wireProblemAnswer(WIRE_INTERNAL));
    } finally {
      body.release();
    }
  }

  #operationIn(headers: WireHeaders): string {
    const target = headers.get('x-amz-target') ?? '';
    if (!target.startsWith(this.#targetPrefix)) throw unknownTarget(this.#targetPrefix);
    if (headers.has(HOP_HEADER)) throw loop();
    return target.slice(this.#targetPrefix.length);
  }
}

class SentOperation implements IncomingOperation {
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

/** The body is longer than that of any operation. */
class BodyTooLargeError extends Error {}

const unknownTarget = (targetPrefix: string): OperationRefusedError =>
  new OperationRefusedError(
    'UnknownOperationException',
    `only operations whose X-Amz-Target begins with ${targetPrefix} are understood here: set the endpoint of that service alone, not AWS_ENDPOINT_URL`,
  );

const signedInQuery = (): OperationRefusedError =>
  new OperationRefusedError(
    'MissingAuthenticationTokenException',
    'the request is signed in its query string (a presigned URL), which the cache does not accept: sign it in the Authorization header, or send it to an endpoint of DynamoDB itself',
  );

const loop = (): OperationRefusedError =>
  new OperationRefusedError(
    'AccessDeniedException',
    'what this extension forwards comes back to it: CACHE_EXTENSION_DYNAMODB_ENDPOINT leads here, and must lead to DynamoDB',
  );

/** The short way of what SDKs send: without a router and web-standard objects, which take longer than the rest of it. */
export const rawHandler =
  (route: WireRoute): RawHandler =>
  (request, connection) => {
    if (request.method !== 'POST' || request.target !== '/') return undefined;
    const headers = new RawHeaders(request.headers);
    if (!WireRoute.isMeant(headers)) return undefined;
    return route.answer(new OpenWireRequest(request, headers), connection);
  };

/** A request that SDKs send, whoever serves it. */
export interface WireHttpRequest {
  readonly url: string;
  readonly headers: WireHeaders;
  /** Made when it is first asked for, which an answer from memory does not do. */
  readonly signal: ClientSignal;
  /** The whole body; undefined if it is longer than it may be. Rejects as an `OpenRequest` does. */
  read(allowance: BodyAllowance): Promise<Uint8Array | undefined>;
}

// Classes, because V8 keeps the getter of an object literal, and all that it can see, until the next large collection.

/** Such a request with nothing of the web's own objects. */
export class OpenWireRequest implements WireHttpRequest {
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

/** Such a request as a web-standard object. */
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

/** Query parameters, in lower case, that only a request signed in its URL has: Signature Versions 4 and 2. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-signature',
]);

/** Whether `url` carries a signature in its query string, as presigned URLs do. */
export const isSignedInQuery = (url: string): boolean => {
  const start = url.indexOf('?');
  if (start === -1) return false;
  return [...new URLSearchParams(url.slice(start)).keys()].some((name) => PARAMETERS.has(name.toLowerCase()));
};
