import type { Clock } from '../../ports/outbound/clock.ts';

/** Clocks that differ by less have not been stepped: one counts whole milliseconds, and NTP slews the other. */
const TOLERANCE_MS = 2;

/**
 * Time that has passed for certain: it advances as far as the wall clock and the monotonic clock agree. A step of one
 * clock, in either direction, adds nothing. An interval measured with it never ends early; it may end late.
 */
export class ElapsedTime {
  readonly #clock: Clock;
  #wall: number;
  #monotonic: number;
  /** What had passed at those two moments. */
  #base = 0;
  #passed = 0;

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
    this.#passed = Math.max(this.#passed, this.#base + Math.min(wallMs, monotonicMs));
    if (Math.abs(wallMs - monotonicMs) > TOLERANCE_MS) {
      this.#base = this.#passed;
      this.#wall = wall;
      this.#monotonic = monotonic;
    }
    return this.#passed;
  }
}

/** What is left for answers that need the source, before an invocation is cut off. */
const MARGIN_MS = 100;

/** The invocation that runs now, as far as it is known. */
export class Invocation {
  #deadlineMs: number | undefined;

  begin(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
  }

  /** `timeoutMs`, cut short where the deadline comes first. A deadline that has passed belongs to an earlier invocation. */
  budgetMs(timeoutMs: number, now: number): number {
    if (this.#deadlineMs === undefined || this.#deadlineMs <= now) return timeoutMs;
    return Math.max(0, Math.min(timeoutMs, this.#deadlineMs - MARGIN_MS - now));
  }
}
