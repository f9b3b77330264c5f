import type { CacheStatus, FoundItem, ReadResult } from '../../../ports/inbound/item-reader.ts';
import { problemResponse } from '../problem.ts';

/** The answer to a read: 200 with the stored bytes, 304 if the caller has them already, 404 if there is no such item. */
export const itemResponse = (result: ReadResult, requestHeaders: Headers, cacheName: string): Response => {
  const age = ageHeader(result.ageMs);
  if (result.outcome === 'absent') {
    return problemResponse({
      status: 404,
      code: 'item_not_found',
      detail: 'the source has no item with this key',
      headers: { age, 'cache-status': cacheStatusHeader(cacheName, result.cache, 404) },
    });
  }
  const headers = itemHeaders(result, cacheName);
  const ifNoneMatch = requestHeaders.get('if-none-match');
  if (ifNoneMatch !== null && matchesEntityTag(ifNoneMatch, headers.etag)) {
    const { 'content-type': _type, 'content-length': _length, ...others } = headers;
    return new Response(null, { status: 304, headers: others });
  }
  return new Response(result.body.bytes, { status: 200, headers: { ...headers } });
};

/** The headers of an answer of 200 that carries an item, in the order in which they are sent. */
export interface ItemHeaders extends Readonly<Record<string, string>> {
  readonly 'content-type': string;
  readonly 'content-length': string;
  readonly etag: string;
  readonly age: string;
  readonly 'cache-status': string;
}

export const itemHeaders = ({ body, ageMs, cache }: FoundItem, cacheName: string): ItemHeaders => ({
  'content-type': body.contentType,
  'content-length': String(body.bytes.byteLength),
  etag: entityTag(body.digest),
  age: ageHeader(ageMs),
  'cache-status': cacheStatusHeader(cacheName, cache, 200),
});

/**
 * The `Cache-Status` header (RFC 9211) of an answer.
 *
 * @param cacheName what this cache calls itself: a token, such as `dynamodb-cache`
 * @param status the HTTP status that stands for what the source said
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

// Down, not towards zero: what expired half a second ago must not look as if it were fresh.
const secondsOf = (ttlMs: number): number => Math.floor(ttlMs / 1000);

/** The `Age` header: whole seconds since the origin was asked. */
export const ageHeader = (ageMs: number): string => String(Math.max(0, Math.floor(ageMs / 1000)));

/** The strong entity tag of a body with this digest. */
export const entityTag = (digest: string): string => `"${digest}"`;

const TAGS = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Whether an `If-None-Match` header names `tag`, compared weakly (RFC 9110, section 13.1.2). What is no tag matches nothing. */
export const matchesEntityTag = (ifNoneMatch: string, tag: string): boolean => {
  if (ifNoneMatch === tag || ifNoneMatch === '*') return true;
  for (const match of ifNoneMatch.matchAll(TAGS)) {
    if (match[1] === tag) return true;
  }
  return false;
};
