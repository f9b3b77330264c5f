import type { Clock } from '../../ports/clock.ts';

/** A difference that signatures survive; the SDK's own limit. */
const TOLERATED_MS = 240_000;

/** An answer that took longer than this, by a freeze or a step of the clock, does not tell what time it is. */
const MAX_AGE_MS = 60_000;

/** The time to sign with: that of our clock, unless DynamoDB's answers show that it is wrong. */
export class OriginTime {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  /**
   * Learns from an answer.
   *
   * @param date its `Date`
   * @param askedAt wall time of our clock at which it was asked for
   */
  learn(date: string | undefined, askedAt: number): void {
    const now = this.#clock.now();
    const tookMs = now - askedAt;
    const aheadMs = Date.parse(date ?? '') - now;
    if (Number.isNaN(aheadMs) || tookMs < 0 || tookMs > MAX_AGE_MS) return;
    this.#aheadMs = Math.abs(aheadMs) < TOLERATED_MS ? 0 : aheadMs;
  }
}
