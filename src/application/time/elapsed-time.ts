import type { Clock } from '../../ports/outbound/clock.ts';

/** A smaller difference is not a step: one clock counts whole milliseconds, and NTP slews the other. */
const TOLERANCE_MS = 2;

/**
 * Elapsed time on which the wall clock and the monotonic clock agree. A step of one clock, in either direction, adds
 * nothing. An interval that is measured with it never ends early; it may end late.
 */
export class ElapsedTime {
  readonly #clock: Clock;
  #wall: number;
  #monotonic: number;
  /** Elapsed time at those two moments. */
  #base = 0;
  #elapsed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#monotonic = clock.monotonic();
  }

  /** Milliseconds since this object was made. */
  now(): number {
    const wall = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    const wallMs = wall - this.#wall;
    const monotonicMs = monotonic - this.#monotonic;
    this.#elapsed = Math.max(this.#elapsed, this.#base + Math.min(wallMs, monotonicMs));
    if (Math.abs(wallMs - monotonicMs) > TOLERANCE_MS) {
      this.#base = this.#elapsed;
      this.#wall = wall;
      this.#monotonic = monotonic;
    }
    return this.#elapsed;
  }
}

/** Time in milliseconds that is left to answer the function after a call to the source, before Lambda ends the invocation. */
const MARGIN_MS = 100;

/** The running invocation. Its deadline is unknown where Lambda sends no INVOKE events, or if the event was lost. */
export class Invocation {
  #deadlineMs: number | undefined;
  /** Invocations that have begun. */
  count = 0;

  begin(deadlineMs: number | undefined): void {
    this.#deadlineMs = deadlineMs;
    this.count += 1;
  }

  /** Whether its deadline has passed, so that a request belongs to a later invocation. */
  isOver(now: number): boolean {
    return this.#deadlineMs !== undefined && this.#deadlineMs < now;
  }

  /** `timeoutMs`, or less if the invocation ends before that. A deadline in the past belongs to an earlier invocation. */
  budgetMs(timeoutMs: number, now: number): number {
    if (this.#deadlineMs === undefined || this.#deadlineMs <= now) return timeoutMs;
    return Math.max(0, Math.min(timeoutMs, this.#deadlineMs - MARGIN_MS - now));
  }
}
