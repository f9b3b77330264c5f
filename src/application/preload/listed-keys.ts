import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { BatchAnswer } from '../../ports/outbound/item-source.ts';
import { chunksOf } from '../time/slices.ts';
import type { PreloadCalls, StoreAnswers } from './preload-calls.ts';

/**
 * Loads single keys, in batches. Keys that the source did not get to are asked again, after a delay that grows. Refused keys
 * end the load only after the others are loaded.
 */
export const loadListedKeys = (
  calls: PreloadCalls,
  keys: readonly EntryKey[],
  stop: AbortSignal,
  store: StoreAnswers,
): Promise<void> => {
  const chunks = [...chunksOf(keys, calls.access.batchLimit)];
  return calls.inParallel(stop, async (_, signal) => {
    let incomplete = 0;
    let refusal: SourceRefusedError | undefined;
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
      const asked = chunk;
      const { unprocessed, refused = [] } = await calls
        .load(signal, (options) => calls.readKeys(asked, options), store)
        .catch((error: unknown) => {
          if (asked.length > 1 || !(error instanceof SourceRefusedError)) throw error;
          refusal ??= error;
          return NOTHING_LEFT;
        });
      refusal ??= refused[0]?.error;
      incomplete = unprocessed.length === 0 ? 0 : incomplete + 1;
      if (incomplete === 0) continue;
      chunks.push(unprocessed);
      await calls.waitBefore(incomplete, signal);
    }
    if (refusal !== undefined) throw refusal;
  });
};

const NOTHING_LEFT: Pick<BatchAnswer, 'unprocessed' | 'refused'> = { unprocessed: [] };
