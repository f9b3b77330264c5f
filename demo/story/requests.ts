import type { CacheRequest } from '../function/errand.ts';

/** Asks for the item, with directives of `Cache-Control` if need be. */
export const get = (name: string, cacheControl?: string): CacheRequest => ({
  method: 'GET',
  target: `/dynamodb?name=${name}`,
  ...(cacheControl === undefined ? {} : { headers: { 'Cache-Control': cacheControl } }),
});

/** Makes the cache forget the item. */
export const forget = (name: string): CacheRequest => ({
  method: 'DELETE',
  target: `/dynamodb?name=${name}`,
});

/** A request as the story shows it. */
export const shownRequest = ({ method, target, headers = {} }: CacheRequest): string =>
  [`${method} ${target}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('   ');
