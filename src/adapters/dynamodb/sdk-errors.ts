import {
  CacheError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../domain/cache/errors.ts';
import { TransportError } from './transport-error.ts';

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
  return cause instanceof TransportError ? lostContact(cause.cause, subject) : answered(cause, subject, call);
};

const lostContact = (cause: unknown, subject: string): CacheError => {
  const code = textOf(cause, 'code');
  // The SDK gives the name TimeoutError to lost connections too, so the code goes before it.
  if (code === 'ETIMEDOUT' || (code === undefined && textOf(cause, 'name') === 'TimeoutError')) {
    return new SourceTimeoutError(`${subject} was not answered in time`, { cause });
  }
  // Node's HTTP parser: somebody is there, but does not speak as DynamoDB does.
  if (code?.startsWith('HPE_')) return unusable(cause, subject);
  return new SourceConnectionError(`${subject} found no connection, or lost it`, { cause });
};

const answered = (cause: unknown, subject: string, call: FailedCall): CacheError => {
  const name = textOf(cause, 'name') ?? '';
  const status = statusOf(cause);
  if (THROTTLED.has(name) || status === 429) {
    return new SourceThrottledError(`${subject} was throttled`, {
      cause,
      retryAfterMs: THROTTLED_RETRY_AFTER_MS,
    });
  }
  if (isRefusal(cause, status)) {
    return new SourceRefusedError(`DynamoDB refused ${subject}: ${hintFor(name, call)}`, { cause });
  }
  if (status !== undefined || cause instanceof SyntaxError) return unusable(cause, subject);
  const reason = name.endsWith('ProviderError') ? 'no credentials are to be had' : 'the AWS SDK failed';
  return new SourceUnavailableError(`${subject} could not be sent: ${reason}`, { cause });
};

const hintFor = (name: string, { operation }: FailedCall): string =>
  name === 'AccessDeniedException'
    ? `access denied, the function's role needs dynamodb:${operation} on the table`
    : (HINTS.get(name) ?? 'the request was rejected');

const unusable = (cause: unknown, subject: string): CacheError =>
  new SourceUnavailableError(`${subject} was not answered in a way that can be used`, { cause });

/** Only what DynamoDB itself said, in its own words, is a refusal: a body that cannot be read may be anybody's. */
const isRefusal = (error: unknown, status: number | undefined): boolean =>
  textOf(error, '$fault') === 'client' && status !== undefined && status >= 400 && status < 500;

const statusOf = (error: unknown): number | undefined => {
  const status = propertyOf(propertyOf(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
};

const textOf = (value: unknown, name: string): string | undefined => {
  const text = propertyOf(value, name);
  return typeof text === 'string' ? text : undefined;
};

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
