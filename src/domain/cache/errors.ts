/** Which side of the conversation an error is about; adapters map it to their own vocabulary. */
export type ErrorCategory =
  | 'invalid_request'
  | 'forbidden'
  | 'not_in_cache'
  | 'refused'
  | 'unavailable'
  | 'timeout';

export interface CacheErrorOptions extends ErrorOptions {
  /** Milliseconds after which asking again may help. */
  readonly retryAfterMs?: number;
}

/** The family of failures that the cache reports on purpose. Its messages are fit for a caller's eyes. */
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

/** Asking again later may succeed; a stale entry may be answered meanwhile. */
export abstract class TransientError extends CacheError {
  /** Whether the source could not be spoken to at all, which counts against its whole group. */
  readonly lostContact: boolean = false;
}

/** The source did not answer in time. */
export class SourceTimeoutError extends TransientError {
  readonly code = 'upstream_timeout';
  readonly category = 'timeout';
  override readonly lostContact = true;
}

/** The caller's own time was up before the source had answered, which says nothing of the source. */
export class DeadlineExceededError extends TransientError {
  readonly code = 'upstream_timeout';
  readonly category = 'timeout';
}

/** The connection to the source could not be made, or broke. */
export class SourceConnectionError extends TransientError {
  readonly code = 'upstream_unavailable';
  readonly category = 'unavailable';
  override readonly lostContact = true;
}

/** The source answered that it cannot answer, or in a way that cannot be read; or no credentials are to be had just now. */
export class SourceUnavailableError extends TransientError {
  readonly code = 'upstream_unavailable';
  readonly category = 'unavailable';
}

/** The source asks for fewer reads. */
export class SourceThrottledError extends TransientError {
  readonly code = 'throttled';
  readonly category = 'unavailable';
}

/** More is asked at the same time than the limits allow. */
export class OverloadedError extends TransientError {
  readonly code = 'overloaded';
  readonly category = 'unavailable';
}

/** The source understood and said no: access denied, no such table, validation, credentials rejected. */
export class SourceRefusedError extends CacheError {
  readonly code = 'upstream_refused';
  readonly category = 'refused';
}

/**
 * The configuration of a whole group contradicts the source, which no repetition changes: nothing of the group may be
 * stored or served from then on.
 */
export class GroupRefusedError extends SourceRefusedError {}

/** The request allows an answer from memory only, and memory has none. */
export class NotInCacheError extends CacheError {
  readonly code = 'not_in_cache';
  readonly category = 'not_in_cache';
}
