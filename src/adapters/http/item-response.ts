import type { CacheStatus, ReadResult } from '../../ports/inbound/item-reader.ts';
import type { PlainAnswer } from '../../ports/inbound/server.ts';
import { problemAnswer } from './problem.ts';

const NO_BODY = new Uint8Array();

/** The response to a read: 200 with the stored bytes, 304 if `ifNoneMatch` matches them, 404 if the item does not exist. */
export const itemAnswer = (
  result: ReadResult,
  cacheName: string,
  ifNoneMatch: string | null = null,
): PlainAnswer => {
  const age = ageHeader(result.ageMs);
  if (result.outcome === 'absent') {
    return problemAnswer({
      status: 404,
      code: 'item_not_found',
      detail: 'the source has no item with this key',
      headers: { age, 'cache-status': cacheStatusHeader(cacheName, result.cache, 404) },
    });
  }
  const { body, cache } = result;
  const etag = entityTag(body.digest);
  const cacheStatus = cacheStatusHeader(cacheName, cache, 200);
  if (ifNoneMatch !== null && matchesEntityTag(ifNoneMatch, etag))
    return { status: 304, headers: { etag, age, 'cache-status': cacheStatus }, body: NO_BODY };
  return {
    status: 200,
    headers: {
      'content-type': body.mediaType ?? body.contentType,
      'content-length': String(body.bytes.byteLength),
      etag,
      age,
      'cache-status': cacheStatus,
    },
    body: body.bytes,
  };
};

/** The `Age` header of a response (RFC 9111). */
export const ageHeader = (ageMs: number): string => String(Math.max(0, Math.floor(ageMs / 1000)));

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
      // The registry of RFC 9211 has no reason for a journal; `bypass` says that the cache did not look.
      const reason =
        cache.reason === 'journal-unavailable' ? 'bypass; detail=journal-unavailable' : cache.reason;
      return `${cacheName}; fwd=${reason}; fwd-status=${status}${stored}${collapsed}`;
    }
  }
};

// Rounded down, not towards zero: an entry that expired half a second ago must not look fresh.
const secondsOf = (ttlMs: number): number => Math.floor(ttlMs / 1000);

/** The strong entity tag of a body with this digest. */
export const entityTag = (digest: string): string => `"${digest}"`;

const TAGS = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Whether an `If-None-Match` header matches `tag` by weak comparison (RFC 9110, section 13.1.2). Invalid tags never match. */
export const matchesEntityTag = (ifNoneMatch: string, tag: string): boolean => {
  if (ifNoneMatch === tag || ifNoneMatch === '*') return true;
  for (const match of ifNoneMatch.matchAll(TAGS)) {
    if (match[1] === tag) return true;
  }
  return false;
};
