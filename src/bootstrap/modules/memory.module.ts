import { ContainerModule } from 'inversify';
import { LruCacheStore } from '../../adapters/memory/lru-cache-store.ts';
import { TOKENS } from '../tokens.ts';

/** Where entries are kept. */
export const memoryModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.cacheStore).toResolvedValue(
    ({ maxBytes, maxAbsenceBytes, maxItems }) =>
      new LruCacheStore({
        maxBytes,
        maxAbsenceBytes,
        ...(maxItems === undefined ? {} : { maxEntries: maxItems }),
      }),
    [TOKENS.settings],
  );
});
