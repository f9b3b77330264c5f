import {
  CacheError,
  GroupRefusedError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../domain/cache/errors.ts';
import { NO_CREDENTIALS } from '../aws/credentials/credentials.ts';
import {
  ResponseTimeoutError,
  ResponseTooLongError,
  TransportError,
  UnreadableResponseError,
} from '../aws/http-client/transport-error.ts';
import { ServiceError, UnusableAnswerError } from '../aws/service-error.ts';

/** The read that failed. */
export interface FailedCall {
  readonly operation: string;
  readonly table: string;
  readonly signal: AbortSignal;
}

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
]);
const THROTTLED_RETRY_AFTER_MS = 1000;

/** Hints for refusals, by error name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', 'there is no such table, check table and region'],
  ['ValidationException', 'check hashKey, sortKey, their types and fields against the table'],
  ['ExpiredTokenException', 'the credentials have expired'],
  ['InvalidSignatureException', 'the signature was rejected, check credentials and region'],
  ['UnrecognizedClientException', 'the credentials were rejected'],
]);

/** Converts an error of a call to a domain error, which has it as its cause. The message contains no key value. */
export const asSourceError = (cause: unknown, call: FailedCall): CacheError => {
  if (cause instanceof CacheError) return cause;
  const subject = `${call.operation} of the table ${call.table}`;
  if (call.signal.aborted) return new SourceTimeoutError(`${subject} was given up`, { cause });
  if (cause instanceof TransportError) return connectionError(cause, subject);
  const isAnswer = cause instanceof ServiceError || cause instanceof UnusableAnswerError;
  return isAnswer ? answered(cause, subject, call) : unsent(cause, subject);
};

/** Whether a read failed because its response exceeds the limit for reading it whole. */
export const isTooLong = (error: unknown): boolean =>
  error instanceof SourceUnavailableError && error.cause instanceof ResponseTooLongError;

const connectionError = ({ cause, message }: TransportError, subject: string): CacheError => {
  if (cause instanceof ResponseTimeoutError || textOf(cause, 'code') === 'ETIMEDOUT') {
    return new SourceTimeoutError(`${subject} was not answered in time: ${message}`, { cause });
  }
  // The server does not respond as DynamoDB does.
  if (cause instanceof UnreadableResponseError) return unusable(cause, subject);
  return new SourceConnectionError(`${subject} failed: ${message}`, { cause });
};

const answered = (
  cause: ServiceError | UnusableAnswerError,
  subject: string,
  call: FailedCall,
): CacheError => {
  const { name, status } = cause;
  if (THROTTLED.has(name) || status === 429) {
    return new SourceThrottledError(`${subject} was throttled`, {
      cause,
      retryAfterMs: THROTTLED_RETRY_AFTER_MS,
    });
  }
  // Only a readable error of DynamoDB is a refusal: an unreadable body may be from another program.
  if (status >= 500 || cause instanceof UnusableAnswerError) return unusable(cause, subject);
  const hint = `DynamoDB refused ${subject}: ${hintFor(name, call)}`;
  // Listed keys have the configured shape, so every batch of the table would fail.
  if (cause.deniesKey && call.operation === 'BatchGetItem') return new GroupRefusedError(hint, { cause });
  return new SourceRefusedError(hint, { cause });
};

const hintFor = (name: string, { operation }: FailedCall): string =>
  name === 'AccessDeniedException'
    ? `access denied, the function's role needs dynamodb:${operation} on the table`
    : (HINTS.get(name) ?? 'the request was rejected');

const unusable = (cause: unknown, subject: string): CacheError =>
  new SourceUnavailableError(`${subject} was not answered in a way that can be used`, { cause });

const unsent = (cause: unknown, subject: string): CacheError => {
  const isUnidentified = textOf(cause, 'name')?.endsWith('ProviderError') === true;
  const reason = isUnidentified ? NO_CREDENTIALS : 'the request could not be made';
  return new SourceUnavailableError(`${subject} could not be sent: ${reason}`, { cause });
};

const textOf = (value: unknown, name: string): string | undefined => {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof text === 'string' ? text : undefined;
};
