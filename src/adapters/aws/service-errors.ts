import {
  CacheError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
  TransientError,
} from '../../domain/cache/errors.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import { awsFailure, errorNameIn } from '../../domain/named-values/aws-failure.ts';
import { NO_CREDENTIALS, NoCredentialsError } from './credentials/credentials.ts';
import type { UpstreamResponse } from './http-client/http-request.ts';
import {
  ResponseTimeoutError,
  ResponseTooLongError,
  TransportError,
  UnreadableResponseError,
} from './http-client/transport-error.ts';

/** A response with all of its body. */
export interface WholeAnswer extends Pick<UpstreamResponse, 'status' | 'headers'> {
  readonly body: Uint8Array;
}

/**
 * An AWS service refused or failed a call. The error keeps no text of the response, because errors are logged: the text may
 * quote the request with its session token and the values of keys.
 */
export class ServiceError extends Error {
  /** HTTP status of the response. */
  readonly status: number;
  /** Whether DynamoDB reported that a key has other attributes or other types than the table. */
  readonly deniesKey: boolean;

  /** @param type the error's name without its namespace, such as `ValidationException` */
  constructor(type: string, status: number, deniesKey = false) {
    super(`the response has status ${status} and reports ${type}`);
    this.name = type;
    this.status = status;
    this.deniesKey = deniesKey;
  }
}

/** A response that is incomplete, or not from the service. The error quotes nothing of it. */
export class UnusableAnswerError extends Error {
  override readonly name = 'UnusableAnswerError';
  /** HTTP status of the response. */
  readonly status: number;

  constructor(status: number) {
    super(`the response has status ${status} and no readable content`);
    this.status = status;
  }
}

/**
 * Reads the error in a response of an AWS JSON protocol (1.0 or 1.1). Returns an `UnusableAnswerError` if the body holds no
 * error: then another program may have answered.
 */
export const errorIn = ({ status, headers, body }: WholeAnswer): ServiceError | UnusableAnswerError => {
  const error = status < 400 ? undefined : objectIn(body);
  const type = error && (error.__type ?? error.code ?? headers['x-amzn-errortype']);
  const name = errorNameIn(type);
  if (name === undefined) return new UnusableAnswerError(status);
  return new ServiceError(name, status, name === 'ValidationException' && deniesKey(error));
};

/** DynamoDB reports this case by its message only. */
const deniesKey = (error: ErrorFields | undefined): boolean => {
  const text = error?.message ?? error?.Message;
  return typeof text === 'string' && text.includes('key element does not match the schema');
};

interface ErrorFields {
  readonly message?: unknown;
  readonly Message?: unknown;
  readonly __type?: unknown;
  readonly code?: unknown;
}

/** With an empty body, the headers may name the error. */
const objectIn = (body: Uint8Array): ErrorFields | undefined => {
  if (body.byteLength === 0) return {};
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    // The parser's message would quote the body.
    return undefined;
  }
};

/** Whether a service rejected a call because its credentials have expired. */
export const hasExpired = (response: WholeAnswer): boolean =>
  response.status >= 400 && EXPIRED.has(errorIn(response).name);

const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException']);

/** Whether a service, of any protocol, rejected the signature of a call. AppConfig names its errors in a header. */
export const rejectsSignature = ({ status, headers, body }: WholeAnswer): boolean =>
  status >= 400 &&
  [headers['x-amzn-errortype'], new TextDecoder().decode(body)].some((text) =>
    WRONG_SIGNATURE.test(String(text)),
  );

const WRONG_SIGNATURE = /\b(?:InvalidSignatureException|SignatureDoesNotMatch)\b/;

/** A call of an AWS service that failed, and how messages explain it. None of the texts may contain a secret or a key value. */
export interface FailedServiceCall {
  /** The name of the service, such as `DynamoDB`. */
  readonly service: string;
  /** The operation and its object, such as `GetItem of the table Products`. */
  readonly subject: string;
  /** What a role needs for the call, such as `dynamodb:GetItem on the table`. */
  readonly permission: string;
  /** The role that signs the call; absent for the function's own. */
  readonly role?: AssumedRole | undefined;
  /** Hints for refusals, by error name, in addition to those of all services. */
  readonly hints?: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

const THROTTLED_RETRY_AFTER_MS = 1000;

/** Hints for refusals of any service, by error name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['ExpiredTokenException', 'the credentials have expired'],
  ['InvalidSignatureException', 'the signature was rejected, check credentials and region'],
  ['UnrecognizedClientException', 'the credentials were rejected'],
]);

/** Converts an error of a call to a domain error, which has it as its cause. */
export const serviceFailure = (cause: unknown, call: FailedServiceCall): CacheError => {
  if (cause instanceof CacheError) return cause;
  const { subject } = call;
  if (call.signal.aborted) return new SourceTimeoutError(`${subject} was given up`, { cause });
  if (cause instanceof TransportError) return connectionError(cause, subject);
  const isAnswer = cause instanceof ServiceError || cause instanceof UnusableAnswerError;
  return isAnswer ? answered(cause, call) : unsent(cause, subject);
};

const connectionError = ({ cause, message }: TransportError, subject: string): CacheError => {
  if (cause instanceof ResponseTimeoutError || textOf(cause, 'code') === 'ETIMEDOUT') {
    return new SourceTimeoutError(`${subject} was not answered in time: ${message}`, { cause });
  }
  // The server does not respond as AWS does.
  if (cause instanceof UnreadableResponseError) return unusableResponse(subject, cause);
  return new SourceConnectionError(`${subject} failed: ${message}`, { cause });
};

const answered = (cause: ServiceError | UnusableAnswerError, call: FailedServiceCall): CacheError => {
  const { name, status } = cause;
  const { service, subject } = call;
  const failure = awsFailure(cause instanceof UnusableAnswerError ? undefined : name, status);
  if (failure === 'throttled') {
    return new SourceThrottledError(`${subject} was throttled`, {
      cause,
      retryAfterMs: THROTTLED_RETRY_AFTER_MS,
    });
  }
  if (failure === 'unavailable') return unusableResponse(subject, cause);
  return new SourceRefusedError(`${service} refused ${subject}: ${hintFor(name, call)}`, { cause });
};

const hintFor = (name: string, { permission, role, hints }: FailedServiceCall): string =>
  name === 'AccessDeniedException'
    ? `access denied, ${role === undefined ? "the function's role" : `the role ${role.roleArn}`} needs ${permission}`
    : (hints?.get(name) ?? HINTS.get(name) ?? `the request was rejected with ${name}`);

/** The failure of a call whose answer cannot be used. */
export const unusableResponse = (subject: string, cause: unknown): CacheError =>
  new SourceUnavailableError(
    `${subject} failed: the service returned an error, or an answer that cannot be read`,
    { cause },
  );

const unsent = (cause: unknown, subject: string): CacheError => {
  const isUnidentified = textOf(cause, 'name')?.endsWith('ProviderError') === true;
  const reason = isUnidentified ? NO_CREDENTIALS : 'the request could not be made';
  return new SourceUnavailableError(`${subject} could not be sent: ${reason}`, { cause });
};

const textOf = (value: unknown, name: string): string | undefined => {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof text === 'string' ? text : undefined;
};

/** A `TransportError` for failures of the connection, the provider's error for missing credentials. */
export const asUpstreamError = (error: unknown): unknown => {
  if (error instanceof NoCredentialsError) return error.cause;
  if (error instanceof TransientError) return new TransportError(error.cause, error.message);
  return error instanceof ResponseTooLongError ? new TransportError(error) : error;
};
