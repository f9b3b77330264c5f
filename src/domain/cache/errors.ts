/** The kind of a failure. Adapters map it to their own status codes. */
export type ErrorCategory =
  | 'invalid_request'
  | 'forbidden'
  | 'not_in_cache'
  | 'refused'
  | 'unavailable'
  | 'timeout';

export interface CacheErrorOptions extends ErrorOptions {
  /** Milliseconds after which a retry may succeed. */
  readonly retryAfterMs?: number;
}

/** Base class of all failures that the cache reports. Messages contain no secrets and may be shown to clients. */
export abstract class CacheError extends Error {
  /** Stable, lower case with underscores; part of the public interface. */
  abstract readonly code: string;
  abstract readonly category: ErrorCategory;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: CacheErrorOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A transient failure: a retry may succeed, and the cache may serve a stale entry meanwhile. */
export abstract class TransientError extends CacheError {
  /** Whether the source was unreachable. Such a failure counts toward the circuit breaker of the whole group. */
  readonly lostContact: boolean = false;
}

/** The source did not answer in time. */
export class SourceTimeoutError extends TransientError {
  readonly code = 'upstream_timeout';
  readonly category = 'timeout';
  override readonly lostContact = true;
}

/** The caller's deadline passed before the source answered. This does not indicate a failure of the source. */
export class DeadlineExceededError extends TransientError {
  readonly code = 'upstream_timeout';
  readonly category = 'timeout';
}

/** The connection to the source failed or was lost. */
export class SourceConnectionError extends TransientError {
  readonly code = 'upstream_unavailable';
  readonly category = 'unavailable';
  override readonly lostContact = true;
}

/** The source returned a server error or an unreadable answer, or no credentials are available. */
export class SourceUnavailableError extends TransientError {
  readonly code = 'upstream_unavailable';
  readonly category = 'unavailable';
}

/** The source throttled the read. */
export class SourceThrottledError extends TransientError {
  readonly code = 'throttled';
  readonly category = 'unavailable';
}

/** Admission control rejected the request because a concurrency limit is reached. */
export class OverloadedError extends TransientError {
  readonly code = 'overloaded';
  readonly category = 'unavailable';
}

/** A refusal by the source: access denied, unknown table, failed validation, rejected credentials. Retries do not help. */
export class SourceRefusedError extends CacheError {
  readonly code = 'upstream_refused';
  readonly category = 'refused';
}

/** The configuration of a whole group contradicts the source. From then on, the cache stores and serves no entry of the group. */
export class GroupRefusedError extends SourceRefusedError {}

/** The request allows only a cached answer, and no usable entry is cached. */
export class NotInCacheError extends CacheError {
  readonly code = 'not_in_cache';
  readonly category = 'not_in_cache';
}
