import type { Invalidator } from '../../../ports/inbound/invalidator.ts';
import type { ItemReader, ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { Connection, PlainAnswer, PlainRequest } from '../../../ports/inbound/server.ts';
import { tokenCheck } from '../guards.ts';
import { methodNotAllowed, problemResponse } from '../problem.ts';
import { arePlain } from '../server/raw-headers.ts';
import { parseCacheControl } from './cache-control.ts';
import { BadRequestError, ItemQuery, type ItemQueryOptions, queryOf } from './item-query.ts';
import { itemHeaders, itemResponse } from './item-response.ts';

/** One path under which items are read and forgotten. */
export interface ItemRouteOptions extends ItemQueryOptions {
  /** Such as `/dynamodb`. */
  readonly path: string;
  readonly reader: ItemReader;
  readonly invalidator: Invalidator;
}

const METHODS = 'GET, HEAD, DELETE';

/** The answers to everything under one item path. A hit is answered without awaiting anything. */
export const itemRoute = (options: ItemRouteOptions, cacheName: string): Answer => {
  const { reader, invalidator } = options;
  const query = new ItemQuery(options);

  const read = (request: Request): Response | Promise<Response> => {
    refuseBody(request.headers);
    const { key, contentType } = query.wanted(queryOf(request.url));
    const freshness = parseCacheControl(request.headers.get('cache-control'));
    const result = reader.read(key, { contentType, freshness });
    const answer = (found: ReadResult) => itemResponse(found, request.headers, cacheName);
    return 'then' in result ? result.then(answer) : answer(result);
  };

  const forget = (request: Request): Response => {
    refuseBody(request.headers);
    const { group, key } = query.address(queryOf(request.url));
    if (key === undefined) invalidator.invalidateGroup(group);
    else invalidator.invalidate(key);
    return new Response(null, { status: 204 });
  };

  return (request) => {
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return read(request);
      case 'DELETE':
        return forget(request);
      default:
        return problemResponse(methodNotAllowed(METHODS));
    }
  };
};

const refuseBody = (headers: Headers): void => {
  const length = headers.get('content-length');
  if ((length === null || /^0+$/.test(length)) && !headers.has('transfer-encoding')) return;
  throw new BadRequestError('malformed_request', 'a request for an item has no body');
};

/** Answers a request that the guards let through; throws a `CacheError`, at once or by rejection. */
export type Answer = (request: Request) => Response | Promise<Response>;

export interface FastPathOptions {
  readonly items: readonly ItemRouteOptions[];
  readonly cacheName: string;
  readonly token?: string;
}

type Item = ItemRouteOptions & { readonly query: ItemQuery };

/**
 * The short way of a hit: a plain GET of a fresh item is answered without a router and web-standard objects, which are most of
 * what it would cost. Whatever is not plain, and whatever goes wrong, is left to them, who say why.
 */
export class FastPath {
  readonly #items: ReadonlyMap<string, Item>;
  readonly #cacheName: string;
  readonly #showsToken: ((token: string) => boolean) | undefined;

  constructor({ items, cacheName, token }: FastPathOptions) {
    this.#items = new Map(items.map((item) => [item.path, { ...item, query: new ItemQuery(item) }]));
    this.#cacheName = cacheName;
    this.#showsToken = token === undefined ? undefined : tokenCheck(token);
  }

  /** What the routes would answer, if that is a hit; never throws. */
  answer({ method, target, headers }: PlainRequest, { overLimit }: Connection): PlainAnswer | undefined {
    if (method !== 'GET' || overLimit) return undefined;
    const pathEnd = target.indexOf('?');
    const item = this.#items.get(target.slice(0, pathEnd));
    if (item === undefined || !arePlain(headers, this.#showsToken)) return undefined;
    try {
      const { key, contentType } = item.query.wanted(target.slice(pathEnd + 1));
      const found = item.reader.getFresh(key, contentType);
      return (
        found && {
          headers: itemHeaders(found, this.#cacheName),
          body: found.body.bytes,
        }
      );
    } catch {
      return undefined;
    }
  }
}
