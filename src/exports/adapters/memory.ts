/**
 * Entries in this process, within a bound.
 *
 * @module
 */
export { LruCacheStore, type LruCacheStoreOptions } from '../../adapters/memory/lru-cache-store.ts';
