import { CacheError } from '../../domain/cache/errors.ts';
import type { ClientSignal } from '../../ports/client-signal.ts';
import type { Connection } from '../../ports/server.ts';
import { OperationRefusedError } from '../../ports/wire-errors.ts';
import type { WireAnswer, WireHeaders, WireOperations, WireRequest } from '../../ports/wire-operations.ts';
import type { Guard } from './guards.ts';
import { isSignedInQuery } from './query-signature.ts';
import { completed } from './wire-answer.ts';
import { problemAnswer, refusedByGuard, WIRE_INTERNAL, wireProblemOf } from './wire-problem.ts';
import type { WireHttpRequest } from './wire-request.ts';

/** What a client's own protocol is answered with. */
export interface WireRouteOptions {
  /** What `X-Amz-Target` begins with; the name of the operation follows. */
  readonly targetPrefix: string;
  readonly operations: WireOperations;
}

/** Somewhat more than any request that DynamoDB takes, so that it is DynamoDB who refuses those that are too large. */
const MAX_BODY_BYTES = 17 * 1024 * 1024;

/** Set on what was forwarded by an extension. */
const HOP_HEADER = 'x-dynamodb-cache-forwarded';

/** The client may be sending still. */
const TOO_LARGE: WireAnswer = { status: 413, headers: { connection: 'close' }, body: new Uint8Array() };

/** Answers what SDKs send, always in the way of DynamoDB. */
export class WireRoute {
  readonly #options: WireRouteOptions;
  readonly #guard: Guard;
  readonly #onDefect: (error: unknown) => void;

  /** @param onDefect is told what nobody foresaw */
  constructor(options: WireRouteOptions, guard: Guard, onDefect: (error: unknown) => void) {
    this.#options = options;
    this.#guard = guard;
    this.#onDefect = onDefect;
  }

  /** Whether a POST to `/` is for this route; others may be sent there as well. */
  static isMeant(headers: Pick<WireHeaders, 'has'>, url = ''): boolean {
    return headers.has('x-amz-target') || isSignedInQuery(url);
  }

  /** Never rejects. */
  async answer(request: WireHttpRequest, connection: Connection | undefined): Promise<WireAnswer> {
    try {
      const problem = this.#guard(request, connection);
      if (problem !== undefined) return completed(problemAnswer(refusedByGuard(problem)));
      if (isSignedInQuery(request.url)) throw signedInQuery();
      const operation = this.#operationIn(request.headers);
      const body = await request.read(MAX_BODY_BYTES);
      if (body === undefined) return completed(TOO_LARGE);
      const answer = this.#options.operations.execute(new SentOperation(request, operation, body));
      return completed('then' in answer ? await answer : answer);
    } catch (error) {
      if (error instanceof CacheError) return completed(problemAnswer(wireProblemOf(error)));
      // A client that goes away while it sends is no defect of ours.
      if (!request.signal.aborted) this.#onDefect(error);
      return completed(problemAnswer(WIRE_INTERNAL));
    }
  }

  #operationIn(headers: WireHeaders): string {
    const { targetPrefix } = this.#options;
    const target = headers.get('x-amz-target') ?? '';
    if (!target.startsWith(targetPrefix)) throw unknownTarget(targetPrefix);
    if (headers.has(HOP_HEADER)) throw loop();
    return target.slice(targetPrefix.length);
  }
}

class SentOperation implements WireRequest {
  readonly operation: string;
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
  readonly #request: WireHttpRequest;

  constructor(request: WireHttpRequest, operation: string, body: Uint8Array) {
    this.operation = operation;
    this.headers = request.headers;
    this.body = body;
    this.#request = request;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }
}

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
