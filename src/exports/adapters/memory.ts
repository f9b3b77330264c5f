/**
 * A store in the memory of this process, with a size limit.
 *
 * @module
 */
export { LruCacheStore, type LruCacheStoreOptions } from '../../adapters/memory/lru-cache-store.ts';
