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
