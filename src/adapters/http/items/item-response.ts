import type { FoundItem, ReadResult } from '../../../ports/inbound/item-reader.ts';
import { problemResponse } from '../problem.ts';
import { ageHeader, cacheStatusHeader } from './cache-status.ts';
import { entityTag, matchesEntityTag } from './entity-tag.ts';

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
