import type { CacheError, ErrorCategory } from '../../../domain/cache/errors.ts';
import {
  NotForwardedError,
  OperationRefusedError,
  type WireAnswer,
} from '../../../ports/inbound/wire-operations.ts';

import type { Problem } from '../problem.ts';

/** Why an operation gets no answer of DynamoDB, in the way in which DynamoDB says such things. */
export interface WireProblem {
  readonly status: number;
  /** The name of the exception with its name space, which SDKs make an error of. */
  readonly type: string;
  /** For people: never a key value, a credential or a stack. */
  readonly message: string;
  /** Beside those that every answer has. */
  readonly headers?: WireAnswer['headers'];
}

const OF_ANY_SERVICE = 'com.amazon.coral.service';
const OF_DYNAMODB = 'com.amazonaws.dynamodb.v20120810';

type Kind = Pick<WireProblem, 'status' | 'type'>;

/** Nothing was done, and SDKs are to try again. */
const UNAVAILABLE: Kind = { status: 503, type: `${OF_DYNAMODB}#ServiceUnavailable` };
/** Nobody knows whether anything was done, and SDKs are to try again. */
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

/** The problem that a failure of the cache is to its caller. */
export const wireProblemOf = (error: CacheError): WireProblem => {
  const message = `dynamodb-cache: ${error.message}`;
  if (error instanceof OperationRefusedError) {
    return { status: 400, type: `${OF_ANY_SERVICE}#${error.type}`, message };
  }
  if (error.code === 'throttled') return { status: 400, type: `${OF_DYNAMODB}#ThrottlingException`, message };
  const isUntouched = error instanceof NotForwardedError || error.code === 'overloaded';
  if (!isUntouched) return { ...KINDS[error.category], message };
  return { ...UNAVAILABLE, message, ...retryHeaders(error) };
};

const retryHeaders = ({ retryAfterMs }: CacheError): Pick<WireProblem, 'headers'> =>
  retryAfterMs === undefined ? {} : { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } };

/** The same for what a guard found wrong. */
export const refusedByGuard = ({ status, detail, headers = {} }: Problem): WireProblem => ({
  status,
  type: `${OF_ANY_SERVICE}#${status === 429 ? 'ThrottlingException' : 'AccessDeniedException'}`,
  message: `dynamodb-cache: ${detail}`,
  headers,
});

export const WIRE_INTERNAL: WireProblem = {
  ...UNKNOWN_OUTCOME,
  message: 'dynamodb-cache: a defect of the cache kept it from answering; its log says where',
};

/** The answer that carries a problem. */
export const wireProblemAnswer = ({ status, type, message, headers = {} }: WireProblem): WireAnswer => ({
  status,
  headers,
  body: Buffer.from(JSON.stringify({ __type: type, message })),
});
