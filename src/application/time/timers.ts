import type { Clock } from '../../ports/outbound/clock.ts';

/** Shorter pauses are not a freeze: a timer that is late by less ran in time, and a call that is younger continues. */
export const FREEZE_THRESHOLD_MS = 500;

/**
 * Runs `task` after `delayMs` without a freeze: a timer that a freeze has made late is started again.
 *
 * @returns a function that cancels the timer
 */
export const freezeAwareTimer = (clock: Clock, delayMs: number, task: () => void): (() => void) => {
  let cancel: () => void = () => undefined;
  const wait = () => {
    const dueAt = clock.monotonic() + delayMs;
    cancel = clock.after(delayMs, () => {
      if (clock.monotonic() - dueAt > FREEZE_THRESHOLD_MS) wait();
      else task();
    });
  };
  wait();
  return () => cancel();
};

/** The limits of a wait in a line. */
export interface WaitLimits {
  /** Milliseconds, freezes excluded. */
  readonly maxWaitMs: number;
  /** Makes the error for a wait that takes longer. */
  readonly tooLong: () => Error;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits in `line` until the function that it adds there is called.
 *
 * @param line a set, so that a wait that ends early is removed without a search
 * @throws the error of `tooLong`, or the reason of `signal` if it is aborted
 */
export const waitIn = (
  line: Set<() => void>,
  clock: Clock,
  { maxWaitMs, tooLong, signal }: WaitLimits,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = () => {
      cancel();
      signal?.removeEventListener('abort', giveUp);
      line.delete(letThrough);
    };
    const letThrough = () => {
      settle();
      resolve();
    };
    const giveUp = () => {
      settle();
      reject(signal?.reason);
    };
    const cancel = freezeAwareTimer(clock, maxWaitMs, () => {
      settle();
      reject(tooLong());
    });
    signal?.addEventListener('abort', giveUp);
    line.add(letThrough);
  });

/** Resolves after `delayMs`, or at once when `signal` is aborted. */
export const delay = (clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const wake = () => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal?.addEventListener('abort', wake);
  });

/** Resolves when everything that has arrived is handled. */
export const nextTurn = (clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    if (clock.afterTurn === undefined) clock.after(0, resolve);
    else clock.afterTurn(resolve);
  });

/** Longest time in milliseconds for which work may block the event loop. */
const SLICE_MS = 5;

/** Runs a generator to its end, and lets other requests run after every few milliseconds of it. */
export const runInSlices = async <T>(work: Iterator<undefined, T>, clock: Clock): Promise<T> => {
  let startedAt = clock.monotonic();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (clock.monotonic() - startedAt < SLICE_MS) continue;
    await delay(clock, 0);
    startedAt = clock.monotonic();
  }
};

/**
 * Lets timers and requests run during work that consists of promises only. Work that waits for input or output gives way to
 * them anyway, and is not delayed. One object serves all work that runs at the same time.
 */
export class EventLoopTurns {
  readonly #clock: Clock;
  /** Resolves in the next turn of the event loop; absent once it has begun. */
  #next: Promise<void> | undefined;
  #sliceStartedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Call it after each step of the work. Waits for the next turn if this one has lasted for several milliseconds. */
  async giveWay(): Promise<void> {
    const now = this.#clock.monotonic();
    if (this.#next === undefined) {
      this.#sliceStartedAt = now;
      this.#next = nextTurn(this.#clock).then(() => {
        this.#next = undefined;
      });
    } else if (now - this.#sliceStartedAt >= SLICE_MS) await this.#next;
  }
}
