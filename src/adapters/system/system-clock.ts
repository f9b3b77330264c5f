import process from 'node:process';
import type { Clock } from '../../ports/outbound/clock.ts';

/** The longest delay that a timer of Node takes; a longer one would run at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Time as the machine tells it. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    // Not `performance`, which Node.js loads first.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  }

  after(delayMs: number, task: () => void): () => void {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const restMs = leftMs - MAX_TIMER_MS;
      timer = restMs > 0 ? setTimeout(wait, MAX_TIMER_MS, restMs) : setTimeout(task, leftMs);
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  }
}
