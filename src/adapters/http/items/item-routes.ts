import { CacheError } from '../../../domain/cache/errors.ts';
import type { Invalidator } from '../../../ports/inbound/invalidator.ts';
import type { Freshness, ItemReader } from '../../../ports/inbound/item-reader.ts';
import type { Connection, PlainAnswer, PlainRequest } from '../../../ports/inbound/server.ts';
import { arePlain, type TokenCheck, tokenCheck } from '../guards.ts';
import {
  INTERNAL,
  methodNotAllowed,
  problemAnswer,
  problemOf,
  problemResponse,
  webResponse,
} from '../problem.ts';
import { parseCacheControl } from './cache-control.ts';
import { BadRequestError, ItemQuery, type ItemQueryOptions, queryOf } from './item-query.ts';
import { itemAnswer } from './item-response.ts';

/** One path under which items are read and invalidated. */
export interface ItemRouteOptions extends ItemQueryOptions {
  /** Such as `/dynamodb`. */
  readonly path: string;
  readonly reader: ItemReader;
  readonly invalidator: Invalidator;
}

const ANY: Freshness = { kind: 'any' };
const METHODS = 'GET, HEAD, DELETE';

/** Answers a request that passed the guards. Throws a `CacheError`, at once or by rejection. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** Reads and invalidates items of one path. */
export class ItemRoute {
  readonly path: string;
  readonly #reader: ItemReader;
  readonly #invalidator: Invalidator;
  readonly #query: ItemQuery;
  readonly #cacheName: string;

  constructor(options: ItemRouteOptions, cacheName: string) {
    this.path = options.path;
    this.#reader = options.reader;
    this.#invalidator = options.invalidator;
    this.#query = new ItemQuery(options);
    this.#cacheName = cacheName;
  }

  /**
   * The response to a GET. A hit is answered without awaiting anything.
   *
   * @param query as it was sent
   * @throws {CacheError} at once or by rejection
   */
  read(query: string, freshness: Freshness, ifNoneMatch: string | null): PlainAnswer | Promise<PlainAnswer> {
    const { key, contentType } = this.#query.wanted(query);
    const result = this.#reader.read(key, { contentType, freshness });
    if ('then' in result) return result.then((read) => itemAnswer(read, this.#cacheName, ifNoneMatch));
    return itemAnswer(result, this.#cacheName, ifNoneMatch);
  }

  /** Invalidates the item or the group that `query` names. @throws {CacheError} if it names neither */
  invalidate(query: string): void {
    const { group, key } = this.#query.address(query);
    if (key === undefined) this.#invalidator.invalidateGroup(group);
    else this.#invalidator.invalidate(key);
  }
}

/** The answers to all methods of one item path, with web-standard objects. */
export const itemRouteAnswer =
  (route: ItemRoute): Answer =>
  (request) => {
    const { method, headers } = request;
    if (method === 'DELETE') {
      refuseBody(headers);
      route.invalidate(queryOf(request.url));
      return new Response(null, { status: 204 });
    }
    if (method !== 'GET' && method !== 'HEAD') return problemResponse(methodNotAllowed(METHODS));
    refuseBody(headers);
    const freshness = parseCacheControl(headers.get('cache-control'));
    const answer = route.read(queryOf(request.url), freshness, headers.get('if-none-match'));
    return 'then' in answer ? answer.then(webResponse) : webResponse(answer);
  };

const refuseBody = (headers: Headers): void => {
  const length = headers.get('content-length');
  if ((length === null || /^0+$/.test(length)) && !headers.has('transfer-encoding')) return;
  throw new BadRequestError('malformed_request', 'a request for an item has no body');
};

/**
 * Answers plain GETs of items without a router and web-standard objects, which take most of the time of a hit (decision 19).
 * A request with any header that has an effect is left to the router.
 */
export class ItemFastPath {
  readonly #routes: ReadonlyMap<string, ItemRoute>;
  readonly #showsToken: TokenCheck | undefined;
  readonly #onDefect: (error: unknown) => void;

  /** @param token the token that requests must carry; absent if they need none */
  constructor(routes: readonly ItemRoute[], token: string | undefined, onDefect: (error: unknown) => void) {
    this.#routes = new Map(routes.map((route) => [route.path, route]));
    this.#showsToken = token === undefined ? undefined : tokenCheck(token);
    this.#onDefect = onDefect;
  }

  /** The response of the route, failures included; `undefined` for requests that are left to the router. */
  answer(
    { method, target, headers }: PlainRequest,
    { overLimit }: Connection,
  ): PlainAnswer | Promise<PlainAnswer> | undefined {
    if (method !== 'GET' || overLimit) return undefined;
    const pathEnd = target.indexOf('?');
    const route = this.#routes.get(target.slice(0, pathEnd));
    if (route === undefined || !arePlain(headers, this.#showsToken)) return undefined;
    try {
      const answer = route.read(target.slice(pathEnd + 1), ANY, null);
      return 'then' in answer ? answer.catch((error: unknown) => this.#failed(error)) : answer;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): PlainAnswer {
    if (error instanceof CacheError) return problemAnswer(problemOf(error));
    this.#onDefect(error);
    return problemAnswer(INTERNAL);
  }
}
