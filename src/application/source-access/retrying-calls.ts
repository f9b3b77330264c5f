import { OverloadedError, SourceThrottledError, TransientError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Random } from '../../ports/outbound/random.ts';
import { delay } from '../time/timers.ts';
import { CircuitOpenError } from './circuit-breaker.ts';
import { CallAbandonedError, type SourceCall, type SourceCaller } from './source-caller.ts';

/** Attempts after transient failures. Throttled calls and calls that were not made are retried until the call is abandoned. */
const ATTEMPTS = 3;
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 1_000;

/**
 * Retries calls to the source with exponential backoff and full jitter: execution environments that start together must not
 * retry together. For calls that no reader waits for.
 */
export class RetryingCalls {
  readonly #caller: SourceCaller;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(caller: SourceCaller, clock: Clock, random: Random) {
    this.#caller = caller;
    this.#clock = clock;
    this.#random = random;
  }

  /** Like `SourceCaller.call`, but retries after a transient failure. */
  async call<Answer, Result>(call: SourceCall<Answer, Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#caller.call(call);
      } catch (error) {
        if (!isRetryable(error, attempt)) throw error;
        const retryAfterMs = wasNotAsked(error) ? error.retryAfterMs : undefined;
        const waitMs = retryAfterMs ?? this.#delayMsAfter(attempt);
        await delay(this.#clock, waitMs, call.signal);
      }
    }
  }

  /**
   * Waits up to 50 ms after the first attempt, up to twice as long after each further one, at most 1 s. Ends at once when
   * `signal` is aborted.
   */
  waitBefore(attempts: number, signal?: AbortSignal): Promise<void> {
    return delay(this.#clock, this.#delayMsAfter(attempts), signal);
  }

  /** Never 0: a source that fails at once must not keep the process busy. */
  #delayMsAfter(attempts: number): number {
    const longest = Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), MAX_DELAY_MS);
    return longest * (1 - this.#random.fraction());
  }
}

const isRetryable = (error: unknown, attempt: number): boolean =>
  error instanceof CallAbandonedError ||
  error instanceof SourceThrottledError ||
  wasNotAsked(error) ||
  (error instanceof TransientError && attempt < ATTEMPTS);

/** Whether the source was not asked, because too many calls wait for it or its circuit is open. */
const wasNotAsked = (error: unknown): error is OverloadedError | CircuitOpenError =>
  error instanceof OverloadedError || error instanceof CircuitOpenError;
