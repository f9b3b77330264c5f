import {
  CacheError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
  TransientError,
} from '../../domain/cache/errors.ts';
import { NO_CREDENTIALS, NoCredentialsError } from '../aws/credentials/credentials.ts';
import { ResponseTimeoutError, UnreadableResponseError } from '../aws/http-client/transport-error.ts';
import { ServiceError, UnusableAnswerError } from '../aws/service-error.ts';

/** The call of AppConfigData that failed. */
export interface FailedConfigurationCall {
  readonly operation: string;
  /** How the message names the configuration. */
  readonly subject: string;
  readonly signal: AbortSignal;
}

const THROTTLED_RETRY_AFTER_MS = 1000;

/** Hints for refusals, by error name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['BadRequestException', 'check application, environment and profile'],
  ['ExpiredTokenException', 'the credentials have expired'],
  ['InvalidSignatureException', 'the signature was rejected, check credentials and region'],
  ['UnrecognizedClientException', 'the credentials were rejected'],
]);

/** Converts an error of a call to a domain error, which has it as its cause. */
export const asAppConfigError = (cause: unknown, call: FailedConfigurationCall): CacheError => {
  const { operation, signal } = call;
  const subject = `${operation} of ${call.subject}`;
  if (signal.aborted) {
    const { reason } = signal;
    return reason instanceof CacheError
      ? reason
      : new SourceTimeoutError(`${subject} was given up`, { cause });
  }
  if (cause instanceof ServiceError) return answered(cause, subject, operation);
  if (cause instanceof UnusableAnswerError) return unusable(cause, subject);
  if (cause instanceof NoCredentialsError) {
    return new SourceUnavailableError(`${subject} could not be sent: ${NO_CREDENTIALS}`, { cause });
  }
  if (cause instanceof UnreadableResponseError) return unusable(cause, subject);
  if (cause instanceof TransientError) return lost(cause, subject);
  if (cause instanceof CacheError) return cause;
  return new SourceUnavailableError(`${subject} could not be sent: the request could not be made`, { cause });
};

const answered = (cause: ServiceError, subject: string, operation: string): CacheError => {
  const { name, status } = cause;
  if (status === 429 || name === 'ThrottlingException') {
    return new SourceThrottledError(`${subject} was throttled`, {
      cause,
      retryAfterMs: THROTTLED_RETRY_AFTER_MS,
    });
  }
  if (status >= 500) return unusable(cause, subject);
  const hint =
    name === 'AccessDeniedException'
      ? `access denied, the function's role needs appconfig:${operation} on the configuration`
      : (HINTS.get(name) ?? 'the request was rejected');
  return new SourceRefusedError(`AppConfig refused ${subject}: ${hint}`, { cause });
};

const lost = (failure: TransientError, subject: string): CacheError => {
  const { cause, message } = failure;
  if (cause instanceof UnreadableResponseError) return unusable(failure, subject);
  const isTimeout =
    failure instanceof SourceTimeoutError ||
    cause instanceof ResponseTimeoutError ||
    (cause instanceof Error && Reflect.get(cause, 'code') === 'ETIMEDOUT');
  return isTimeout
    ? new SourceTimeoutError(`${subject} was not answered in time: ${message}`, { cause })
    : new SourceConnectionError(`${subject} failed: ${message}`, { cause });
};

const unusable = (cause: unknown, subject: string): CacheError =>
  new SourceUnavailableError(`${subject} was not answered in a way that can be used`, { cause });
