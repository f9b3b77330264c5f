import {
  CacheError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../domain/cache/errors.ts';

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

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'ProviderError', 'TokenProviderError']);

/** What to do about a refusal, by its name. */
const HINTS: Readonly<Record<string, (call: FailedCall) => string>> = {
  AccessDeniedException: ({ operation }) =>
    `access denied, the function's role needs dynamodb:${operation} on it`,
  ResourceNotFoundException: () => 'there is no such table, check table and region',
  ValidationException: () => 'check hashKey, sortKey, their types and fields against the table',
  ExpiredTokenException: () => 'the credentials have expired',
  InvalidSignatureException: () => 'the signature was rejected, check credentials and region',
  UnrecognizedClientException: () => 'the credentials were rejected',
};

/** The error of the domain for what went wrong on the way to DynamoDB, with it as its cause. No key value is in the message. */
export const asSourceError = (cause: unknown, call: FailedCall): CacheError => {
  if (cause instanceof CacheError) return cause;
  const options = { cause };
  const subject = `${call.operation} of the table ${call.table}`;
  const name = textOf(cause, 'name') ?? '';
  if (call.signal.aborted || name === 'TimeoutError' || name === 'AbortError') {
    return new SourceTimeoutError(`${subject} was not answered in time`, options);
  }
  if (NO_CREDENTIALS.has(name)) {
    return new SourceUnavailableError(`${subject} was not sent: no credentials are to be had`, options);
  }
  const status = statusOf(cause);
  if (THROTTLED.has(name) || status === 429) {
    return new SourceThrottledError(`${subject} was throttled`, {
      cause,
      retryAfterMs: THROTTLED_RETRY_AFTER_MS,
    });
  }
  if (isRefusal(cause, status)) {
    const hint = HINTS[name]?.(call) ?? 'the request was rejected';
    return new SourceRefusedError(`DynamoDB refused ${subject}: ${hint}`, options);
  }
  if (status === undefined && textOf(cause, 'code') !== undefined) {
    return new SourceConnectionError(`${subject} found no connection`, options);
  }
  return new SourceUnavailableError(`${subject} was not answered in a way that can be used`, options);
};

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
