import { PassingFailure, SourceThrottledError } from '../domain/cache/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { CallAbandoned } from './call-abandoned.ts';
import { pause } from './pause.ts';
import type { SourceCall, SourceCalls } from './source-calls.ts';

/** How often a call is made that fails in passing; a throttled one is made until it is given up. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Calls to the source that nobody waits for, so that they may be made again after a pause. */
export class PatientCalls {
  readonly #calls: SourceCalls;
  readonly #clock: Clock;

  constructor(calls: SourceCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /** Like `SourceCalls.make`, but makes the call again if it fails in passing. */
  async make<Answer, Result>(call: SourceCall<Answer, Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#calls.make(call);
      } catch (error) {
        if (!isWorthAnother(error, attempt)) throw error;
      }
      await this.pause(attempt, call.signal);
    }
  }

  /** Waits the longer, the more attempts there were; ends at once when `signal` is aborted. */
  pause(attempts: number, signal?: AbortSignal): Promise<void> {
    return pause(this.#clock, Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS), signal);
  }
}

const isWorthAnother = (error: unknown, attempt: number): boolean =>
  error instanceof CallAbandoned ||
  error instanceof SourceThrottledError ||
  (error instanceof PassingFailure && attempt < ATTEMPTS);
