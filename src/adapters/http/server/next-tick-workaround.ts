import { executionAsyncResource } from 'node:async_hooks';
import process from 'node:process';

let kept: object | undefined;

/**
 * Keeps `process.nextTick` fast; each response of `node:http` uses several ticks. V8 holds the hidden class of tick objects
 * weakly. If garbage is collected while no tick exists, V8 drops the class, treats the next one as a second class, and each
 * tick takes five times as long until the process ends. One tick object is therefore kept alive.
 */
export const keepTicksFast = (): void => {
  if (kept !== undefined) return;
  process.nextTick(() => {
    kept = executionAsyncResource();
  });
};
