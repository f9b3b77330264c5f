import { executionAsyncResource } from 'node:async_hooks';
import process from 'node:process';

let kept: object | undefined;

/**
 * Keeps `process.nextTick` fast, of which each answer of `node:http` takes several. V8 remembers the hidden class of the
 * objects that stand for ticks, but not strongly: where garbage is collected while there is no tick, the class goes, the
 * next one is taken for a second, and for as long as the process lives each tick takes five times as long. So one is kept.
 */
export const keepTicksFast = (): void => {
  if (kept !== undefined) return;
  process.nextTick(() => {
    kept = executionAsyncResource();
  });
};
