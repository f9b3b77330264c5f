import type { Clock } from '../ports/clock.ts';

/** A timer that is later than this did not run because the process was frozen. */
export const SLEPT_AFTER_MS = 500;

/**
 * Runs `task` after `delayMs` without a freeze in them: a timer that a freeze has made late is set anew.
 *
 * @returns a function that cancels what has not run yet
 */
export const afterAwake = (clock: Clock, delayMs: number, task: () => void): (() => void) => {
  let cancel: () => void = () => undefined;
  const wait = () => {
    const dueAt = clock.monotonic() + delayMs;
    cancel = clock.after(delayMs, () => {
      if (clock.monotonic() - dueAt > SLEPT_AFTER_MS) wait();
      else task();
    });
  };
  wait();
  return () => cancel();
};
