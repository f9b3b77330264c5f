import { SourceThrottledError, TransientError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import { delay } from '../time/freeze-aware-timer.ts';
import { CallAbandonedError, type SourceCall, type SourceCaller } from './source-caller.ts';

/** How often a source that is temporarily failing is asked; one that is throttled, or held back, until the call is given up. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Calls to the source that nobody waits for, so that they may be made again after a pause. */
export class RetryingCalls {
  readonly #caller: SourceCaller;
  readonly #clock: Clock;

  constructor(caller: SourceCaller, clock: Clock) {
    this.#caller = caller;
    this.#clock = clock;
  }

  /** Like `SourceCaller.call`, but makes the call again if the failure is transient. */
  async call<Answer, Result>(call: SourceCall<Answer, Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      let waitMs = pauseMsAfter(attempt);
      try {
        return await this.#caller.call(call);
      } catch (error) {
        if (!isWorthAnother(error, attempt)) throw error;
        if (isHeldBack(error)) waitMs = error.retryAfterMs;
      }
      await delay(this.#clock, waitMs, call.signal);
    }
  }

  /** Waits the longer, the more attempts there were; ends at once when `signal` is aborted. */
  waitBefore(attempts: number, signal?: AbortSignal): Promise<void> {
    return delay(this.#clock, pauseMsAfter(attempts), signal);
  }
}

const pauseMsAfter = (attempts: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);

const isWorthAnother = (error: unknown, attempt: number): boolean =>
  error instanceof CallAbandonedError ||
  error instanceof SourceThrottledError ||
  isHeldBack(error) ||
  (error instanceof TransientError && attempt < ATTEMPTS);

/** Whether the source was not even asked: too many wait for it, or another call probes whether it is back. */
const isHeldBack = (error: unknown): error is TransientError & { readonly retryAfterMs: number } =>
  error instanceof TransientError &&
  !(error instanceof SourceThrottledError) &&
  error.retryAfterMs !== undefined;
