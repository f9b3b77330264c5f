import type { ReadResult } from '../../ports/item-reader.ts';
import { ageHeader, cacheStatusHeader } from './cache-status.ts';
import { entityTag, matchesEntityTag } from './entity-tag.ts';
import { problemResponse } from './problem.ts';

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
  const { bytes, contentType, digest } = result.body;
  const etag = entityTag(digest);
  const cacheStatus = cacheStatusHeader(cacheName, result.cache, 200);
  const ifNoneMatch = requestHeaders.get('if-none-match');
  if (ifNoneMatch !== null && matchesEntityTag(ifNoneMatch, etag)) {
    return new Response(null, { status: 304, headers: { etag, age, 'cache-status': cacheStatus } });
  }
  return new Response(bytes, {
    status: 200,
    headers: {
      'content-type': contentType,
      'content-length': String(bytes.byteLength),
      etag,
      age,
      'cache-status': cacheStatus,
    },
  });
};
