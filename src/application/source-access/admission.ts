import { OverloadedError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import { waitIn } from '../time/timers.ts';

export interface AdmissionLimits {
  /** Calls to the source at the same time. */
  readonly slots: number;
  /** Calls that may wait for a slot. */
  readonly waiting: number;
  /** Longest wait for a slot in milliseconds, freezes excluded. */
  readonly maxWaitMs: number;
}

/** Admission control: limits the calls to the source that run at the same time. Slots are given first come, first served. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #clock: Clock;
  #taken = 0;
  /** First come, first served. */
  readonly #queue = new Set<() => void>();

  constructor(limits: AdmissionLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Waits for a slot. Call `leave` once when the call has ended.
   *
   * @param maxWaitMs shortens the wait; never extends it
   * @throws {OverloadedError} if too many calls wait already, or the wait takes too long; the reason of `signal` if it is aborted
   */
  async enter(signal?: AbortSignal, maxWaitMs = this.#limits.maxWaitMs): Promise<void> {
    signal?.throwIfAborted();
    if (this.#taken < this.#limits.slots) {
      this.#taken += 1;
      return;
    }
    if (this.#queue.size >= this.#limits.waiting) throw overloaded();
    const limits = { maxWaitMs: Math.min(maxWaitMs, this.#limits.maxWaitMs), tooLong: overloaded, signal };
    await waitIn(this.#queue, this.#clock, limits);
  }

  /** Gives the slot to the call that has waited longest, or frees it. */
  leave(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#taken -= 1;
      return;
    }
    next();
  }
}

const overloaded = () =>
  new OverloadedError(
    'too many reads wait for the source: retry after a second, or raise the limit of reads',
    { retryAfterMs: 1_000 },
  );
