import { OverloadedError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import { freezeAwareTimer } from '../time/freeze-aware-timer.ts';

export interface AdmissionLimits {
  /** Calls to the source at the same time. */
  readonly slots: number;
  /** Calls that may wait for a slot. */
  readonly waiting: number;
  /** How long a call may wait for its slot, freezes apart. */
  readonly maxWaitMs: number;
}

/** Gives out the slots for calls to the source, in the order of asking. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #clock: Clock;
  #taken = 0;
  /** In the order of asking; a set, so that who gives up leaves without a search. */
  readonly #queue = new Set<() => void>();

  constructor(limits: AdmissionLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Waits for a slot, which must be left again.
   *
   * @param maxWaitMs bounds the wait further
   * @throws {OverloadedError} if too many wait already, or the wait took too long; the reason of `signal` if it is aborted
   */
  async enter(signal?: AbortSignal, maxWaitMs = this.#limits.maxWaitMs): Promise<void> {
    signal?.throwIfAborted();
    if (this.#taken < this.#limits.slots) {
      this.#taken += 1;
      return;
    }
    if (this.#queue.size >= this.#limits.waiting) throw overloaded();
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        cancel();
        signal?.removeEventListener('abort', giveUp);
        this.#queue.delete(admit);
      };
      const admit = () => {
        settle();
        resolve();
      };
      const giveUp = () => {
        settle();
        reject(signal?.reason);
      };
      const cancel = freezeAwareTimer(this.#clock, Math.min(maxWaitMs, this.#limits.maxWaitMs), () => {
        settle();
        reject(overloaded());
      });
      signal?.addEventListener('abort', giveUp);
      this.#queue.add(admit);
    });
  }

  /** Passes the slot on to who waits longest, or frees it. */
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
  new OverloadedError('too many reads wait for the source; ask again shortly, or raise the limit of reads', {
    retryAfterMs: 1_000,
  });
