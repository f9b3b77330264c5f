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

/** What to do about a refusal, by its name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', 'there is no such table, check table and region'],
  ['ValidationException', 'check hashKey, sortKey, their types and fields against the table'],
  ['ExpiredTokenException', 'the credentials have expired'],
  ['InvalidSignatureException', 'the signature was rejected, check credentials and region'],
  ['UnrecognizedClientException', 'the credentials were rejected'],
]);

/** The error of the domain for what went wrong on the way to DynamoDB, with it as its cause. No key value is in the message. */
export const asSourceError = (cause: unknown, call: FailedCall): CacheError => {
  if (cause instanceof CacheError) return cause;
  const subject = `${call.operation} of the table ${call.table}`;
  if (call.signal.aborted) return new SourceTimeoutError(`${subject} was given up`, { cause });
  if (cause instanceof TransportError) return lostContact(cause, subject);
  const isAnswer = cause instanceof ServiceError || cause instanceof UnusableAnswerError;
  return isAnswer ? answered(cause, subject, call) : unsent(cause, subject);
};

/** Whether a read failed because its answer is longer than is read whole. */
export const isTooLong = (error: unknown): boolean =>
  error instanceof SourceUnavailableError && error.cause instanceof ResponseTooLongError;

const lostContact = ({ cause, message }: TransportError, subject: string): CacheError => {
  if (cause instanceof ResponseTimeoutError || textOf(cause, 'code') === 'ETIMEDOUT') {
    return new SourceTimeoutError(`${subject} was not answered in time: ${message}`, { cause });
  }
  // Somebody is there, but does not speak as DynamoDB does.
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
  // Only what DynamoDB itself said, in its own words, is a refusal: a body that cannot be read may be anybody's.
  if (status >= 500 || cause instanceof UnusableAnswerError) return unusable(cause, subject);
  const hint = `DynamoDB refused ${subject}: ${hintFor(name, call)}`;
  // Listed keys have the shape of the configuration, so no other batch of the table would be answered.
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
