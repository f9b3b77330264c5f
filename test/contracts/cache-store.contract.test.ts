import { entryCost } from '../../src/adapters/memory/entry-record.ts';
import { LruCacheStore } from '../../src/adapters/memory/lru-cache-store.ts';
import { MapCacheStore, plainCost } from '../support/fakes/map-cache-store.ts';
import { describeCacheStore } from './cache-store.contract.ts';

describeCacheStore({
  name: 'LruCacheStore',
  create: (bounds) => new LruCacheStore({ ...bounds, maxAbsenceBytes: Math.floor(bounds.maxBytes / 16) }),
  costOf: entryCost,
});

describeCacheStore({
  name: 'MapCacheStore',
  create: (bounds) => new MapCacheStore(bounds),
  costOf: plainCost,
});
