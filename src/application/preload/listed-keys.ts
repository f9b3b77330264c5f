import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { chunksOf } from '../time/slices.ts';
import type { PreloadCalls, StoreAnswers } from './preload-calls.ts';

/** Loads single keys, in batches. Keys that the source did not get to are asked again, after a delay that grows. */
export const loadListedKeys = (
  calls: PreloadCalls,
  keys: readonly EntryKey[],
  stop: AbortSignal,
  store: StoreAnswers,
): Promise<void> => {
  const chunks = [...chunksOf(keys, calls.access.batchLimit)];
  return calls.inParallel(stop, async (_, signal) => {
    let incomplete = 0;
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
      const asked = chunk;
      const { unprocessed } = await calls.load(
        signal,
        (options) => calls.access.readKeys(asked, options),
        store,
      );
      incomplete = unprocessed.length === 0 ? 0 : incomplete + 1;
      if (incomplete === 0) continue;
      chunks.push(unprocessed);
      await calls.waitBefore(incomplete, signal);
    }
  });
};
