import type { Clock } from '../../ports/outbound/clock.ts';
import { delay } from './freeze-aware-timer.ts';

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

/** `list` in pieces of at most `size`, in order. */
export const chunksOf = <T>(list: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
