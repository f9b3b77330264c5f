import { CacheError } from '../../domain/cache/errors.ts';
import { OperationRefusedError } from '../../domain/dynamodb/wire-errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Connection } from '../../ports/server.ts';
import type { WireAnswer, WireOperations } from '../../ports/wire-operations.ts';
import { bodyWithin } from './request-body.ts';
import { problemAnswer, WIRE_INTERNAL, wireProblemOf } from './wire-problem.ts';
import { wireResponse } from './wire-response.ts';

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

const TOO_LARGE: WireAnswer = { status: 413, headers: {}, body: new Uint8Array() };

/** What goes wrong on the way to an answer, and is for somebody else to tell. */
export interface WireRouteReports {
  readonly logger: Logger;
  readonly onDefect: (error: unknown) => void;
}

/** Answers requests that SDKs send, always in the way of DynamoDB. Never rejects. */
export const wireRoute = (
  { targetPrefix, operations }: WireRouteOptions,
  { logger, onDefect }: WireRouteReports,
): ((request: Request, connection: Connection | undefined) => Promise<Response>) => {
  const answerOf = async (request: Request): Promise<WireAnswer> => {
    const { headers } = request;
    const target = headers.get('x-amz-target') ?? '';
    if (!target.startsWith(targetPrefix)) throw unknownTarget(targetPrefix);
    if (headers.has(HOP_HEADER)) throw loop();
    const body = await bodyWithin(request, MAX_BODY_BYTES);
    if (body === undefined) return TOO_LARGE;
    const operation = target.slice(targetPrefix.length);
    return operations.execute({ operation, headers, body, signal: request.signal });
  };

  /** Where the server cannot end a connection, it finds out from a stream that fails. */
  const breaker = ({ signal }: Request, connection: Connection | undefined) => {
    if (connection?.abort === undefined) return undefined;
    return (error: unknown): void => {
      if (!signal.aborted) logger.warn('an answer broke off', { error });
      connection.abort?.();
    };
  };

  return async (request, connection) => {
    try {
      return wireResponse(await answerOf(request), breaker(request, connection));
    } catch (error) {
      if (error instanceof CacheError) return wireResponse(problemAnswer(wireProblemOf(error)));
      // A client that goes away while it sends is no defect of ours.
      if (!request.signal.aborted) onDefect(error);
      return wireResponse(problemAnswer(WIRE_INTERNAL));
    }
  };
};

const unknownTarget = (targetPrefix: string): OperationRefusedError =>
  new OperationRefusedError(
    'UnknownOperationException',
    `only operations whose X-Amz-Target begins with ${targetPrefix} are understood here: set the endpoint of that service alone, not AWS_ENDPOINT_URL`,
  );

const loop = (): OperationRefusedError =>
  new OperationRefusedError(
    'AccessDeniedException',
    'what this extension forwards comes back to it: CACHE_EXTENSION_DYNAMODB_ENDPOINT leads here, and must lead to DynamoDB',
  );
