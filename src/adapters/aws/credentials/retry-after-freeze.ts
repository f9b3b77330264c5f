import type { Clock } from '../../../ports/outbound/clock.ts';

/**
 * Makes an attempt. If the process is frozen meanwhile, the attempt is aborted and made again at once, because its connection
 * may be dead. Its outcome counts if it arrived in the freeze, unless it is a failure.
 *
 * @param timeoutMs time after which an attempt is aborted, freezes excluded
 */
export const retryAfterFreeze = async <Outcome>(
  attempt: (signal: AbortSignal) => Promise<Outcome>,
  timeoutMs: number,
  clock: Clock,
): Promise<Outcome> => {
  for (;;) {
    const watch = new FreezeWatch(timeoutMs, clock);
    try {
      return await attempt(watch.signal);
    } catch (error) {
      if (!watch.wasFrozen) throw error;
    } finally {
      watch.end();
    }
  }
};

/** The time between two looks. A longer freeze than this and the threshold is always noticed. */
const LOOK_INTERVAL_MS = 250;

/** A timer that is late by less is no sign of a freeze. */
const FREEZE_THRESHOLD_MS = 500;

/** Aborts its signal after a freeze, or after a time without a freeze. */
class FreezeWatch {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #wasFrozen = false;
  /** Monotonic time of the next look. */
  #dueAt = 0;
  #cancel: () => void = () => undefined;

  constructor(timeoutMs: number, clock: Clock) {
    this.#clock = clock;
    this.#watch(timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A connection that broke in a freeze is reported before the late timer runs. */
  get wasFrozen(): boolean {
    return this.#wasFrozen || this.#clock.monotonic() - this.#dueAt > FREEZE_THRESHOLD_MS;
  }

  end(): void {
    this.#cancel();
  }

  #watch(leftMs: number): void {
    const intervalMs = Math.min(LOOK_INTERVAL_MS, leftMs);
    this.#dueAt = this.#clock.monotonic() + intervalMs;
    this.#cancel = this.#clock.after(intervalMs, () => {
      this.#wasFrozen = this.wasFrozen;
      if (this.#wasFrozen) this.#abortAfterTurn();
      else if (leftMs > intervalMs) this.#watch(leftMs - intervalMs);
      else this.#controller.abort();
    });
  }

  /** Lets an answer count that has arrived. */
  #abortAfterTurn(): void {
    const abort = () => this.#controller.abort();
    if (this.#clock.afterTurn === undefined) this.#cancel = this.#clock.after(0, abort);
    else this.#clock.afterTurn(abort);
  }
}
