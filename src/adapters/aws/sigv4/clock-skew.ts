import type { Clock } from '../../../ports/outbound/clock.ts';

/** A difference that signatures survive; the SDK's own limit. */
const TOLERATED_MS = 240_000;

/** An answer that took longer than this, by a freeze or a step of the clock, does not tell what time it is. */
const MAX_AGE_MS = 60_000;

/** The form that all senders of `Date` must write (RFC 9110, 5.6.7). */
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** A signature has four digits for the year. */
const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(10_000, 0) - 1;

/** The time to sign with: that of our clock, unless DynamoDB's answers show that it is wrong. */
export class ClockSkew {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch, in the years 2000 to 9999 whatever the clock and the answers say. */
  now(): number {
    return Math.min(Math.max(this.#clock.now() + this.#aheadMs, EARLIEST), LATEST);
  }

  /**
   * Learns from an answer.
   *
   * @param date its `Date`; nothing is learnt from one that is not written as HTTP wants it, or outside of those years
   * @param askedAt wall time of our clock at which it was asked for
   */
  learn(date: string | undefined, askedAt: number): void {
    const now = this.#clock.now();
    const tookMs = now - askedAt;
    const theirs = date !== undefined && IMF_FIXDATE.test(date) ? Date.parse(date) : Number.NaN;
    if (!(theirs >= EARLIEST && theirs <= LATEST) || tookMs < 0 || tookMs > MAX_AGE_MS) return;
    const aheadMs = theirs - now;
    this.#aheadMs = Math.abs(aheadMs) < TOLERATED_MS ? 0 : aheadMs;
  }
}
