import type { CacheStatus } from '../../ports/inbound/item-reader.ts';

/**
 * The `Cache-Status` header (RFC 9211) of a response.
 *
 * @param cacheName a token, such as `dynamodb-cache`
 * @param status the HTTP status that represents the source's answer
 */
export const cacheStatusHeader = (cacheName: string, cache: CacheStatus, status: 200 | 404): string => {
  switch (cache.source) {
    case 'memory': {
      const hit = `${cacheName}; hit; ttl=${secondsOf(cache.ttlMs)}`;
      return cache.stale === undefined ? hit : `${hit}; detail=${cache.stale}`;
    }
    case 'memory-after-failure':
      return `${cacheName}; fwd=stale; detail=stale-if-error; ttl=${secondsOf(cache.ttlMs)}`;
    case 'origin': {
      const stored = cache.stored ? '; stored' : '';
      const collapsed = cache.collapsed ? '; collapsed' : '';
      return `${cacheName}; fwd=${cache.reason}; fwd-status=${status}${stored}${collapsed}`;
    }
  }
};

// Rounded down, not towards zero: an entry that expired half a second ago must not look fresh.
const secondsOf = (ttlMs: number): number => Math.floor(ttlMs / 1000);
