import type { Connection, PlainAnswer, PlainRequest } from '../../../ports/inbound/server.ts';
import { tokenCheck } from '../guards.ts';
import { arePlain } from '../server/plain-headers.ts';
import { ItemQuery } from './item-query.ts';
import { itemHeaders } from './item-response.ts';
import type { ItemRouteOptions } from './item-routes.ts';

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
      const found = item.reader.recall(key, contentType);
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
