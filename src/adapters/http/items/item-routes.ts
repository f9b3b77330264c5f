import { CacheError } from '../../../domain/cache/errors.ts';
import type { Invalidator } from '../../../ports/inbound/invalidator.ts';
import type { Freshness, ItemReader, ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { Connection, PlainAnswer, PlainRequest } from '../../../ports/inbound/server.ts';
import { arePlainHeaders, type TokenCheck, tokenCheck } from '../guards.ts';
import {
  INTERNAL,
  methodNotAllowed,
  problemAnswer,
  problemOf,
  problemResponse,
  webResponse,
} from '../problem.ts';
import { ANY_FRESHNESS, parseCacheControl } from './cache-control.ts';
import type { BodyPart } from './json-key.ts';
import { BadRequestError, ItemQuery, type ItemQueryOptions, queryOf } from './item-query.ts';
import { itemAnswer } from '../item-response.ts';

/** One path under which items are read and invalidated. */
export interface ItemRouteOptions extends ItemQueryOptions {
  /** Such as `/dynamodb`. */
  readonly path: string;
  readonly reader: ItemReader;
  readonly invalidator: Invalidator;
  /** For secrets: requests must carry one of these tokens, in place of the token of the other routes. */
  readonly tokens?: readonly string[];
}

const METHODS = 'GET, HEAD, DELETE';

/** Answers a request that passed the guards. Throws a `CacheError` or rejects with one. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** Reads and invalidates items of one path. */
export class ItemRoute {
  readonly path: string;
  readonly tokens: readonly string[] | undefined;
  readonly #reader: ItemReader;
  readonly #invalidator: Invalidator;
  readonly #query: ItemQuery;
  readonly #part: BodyPart | undefined;
  readonly #cacheName: string;

  constructor(options: ItemRouteOptions, cacheName: string) {
    this.path = options.path;
    this.tokens = options.tokens;
    this.#reader = options.reader;
    this.#invalidator = options.invalidator;
    this.#query = new ItemQuery(options);
    this.#part = options.part;
    this.#cacheName = cacheName;
  }

  /**
   * Returns the response to a GET; synchronously for a hit.
   *
   * @param query still encoded
   * @throws {CacheError} synchronously or by rejection
   */
  read(query: string, freshness: Freshness, ifNoneMatch: string | null): PlainAnswer | Promise<PlainAnswer> {
    const { key, contentType, selector } = this.#query.requestedItem(query);
    const result = this.#reader.read(key, { contentType, freshness });
    if ('then' in result) return result.then((read) => this.#answer(read, selector, ifNoneMatch));
    return this.#answer(result, selector, ifNoneMatch);
  }

  #answer(result: ReadResult, selector: string | undefined, ifNoneMatch: string | null): PlainAnswer {
    if (selector === undefined || this.#part === undefined || result.outcome === 'absent')
      return itemAnswer(result, this.#cacheName, ifNoneMatch);
    const part = this.#part.of(result.body, selector);
    if ('status' in part) return problemAnswer(part);
    return itemAnswer({ ...result, body: part }, this.#cacheName, ifNoneMatch);
  }

  /** Invalidates the item or the group that `query` names. @throws {CacheError} if it names neither */
  invalidate(query: string): void {
    const { group, key } = this.#query.address(query);
    if (key === undefined) this.#invalidator.invalidateGroup(group);
    else this.#invalidator.invalidate(key);
  }
}

/** Answers all methods of one item path, with web-standard objects. */
export const itemRouteAnswer =
  (route: ItemRoute): Answer =>
  (request) => {
    const { method, headers } = request;
    if (method === 'DELETE') {
      rejectBody(headers);
      route.invalidate(queryOf(request.url));
      return new Response(null, { status: 204 });
    }
    if (method !== 'GET' && method !== 'HEAD') return problemResponse(methodNotAllowed(METHODS));
    rejectBody(headers);
    const freshness = parseCacheControl(headers.get('cache-control'));
    const answer = route.read(queryOf(request.url), freshness, headers.get('if-none-match'));
    return 'then' in answer ? answer.then(webResponse) : webResponse(answer);
  };

const rejectBody = (headers: Headers): void => {
  const length = headers.get('content-length');
  if ((length === null || /^0+$/.test(length)) && !headers.has('transfer-encoding')) return;
  throw new BadRequestError('malformed_request', 'a request for an item must not have a body');
};

/** A route, and the check of the token that it requires. */
interface GuardedRoute {
  readonly route: ItemRoute;
  readonly checkToken: TokenCheck | undefined;
}

/**
 * Answers plain GETs of items without the router and web-standard objects, which take most of the time of a hit (decision
 * 19). The router answers requests with any other header that has an effect.
 */
export class ItemFastPath {
  readonly #routes: ReadonlyMap<string, GuardedRoute>;
  readonly #onDefect: (error: unknown) => void;

  /** @param token the token that requests must carry; absent if they need none */
  constructor(routes: readonly ItemRoute[], token: string | undefined, onDefect: (error: unknown) => void) {
    const checkToken = token === undefined ? undefined : tokenCheck([token]);
    this.#routes = new Map(
      routes.map((route) => [
        route.path,
        { route, checkToken: route.tokens === undefined ? checkToken : tokenCheck(route.tokens) },
      ]),
    );
    this.#onDefect = onDefect;
  }

  /** Returns the response of the route, errors included; undefined if the router must answer. */
  answer(
    { method, target, headers }: PlainRequest,
    { overLimit }: Connection,
  ): PlainAnswer | Promise<PlainAnswer> | undefined {
    if (method !== 'GET' || overLimit) return undefined;
    const pathEnd = target.indexOf('?');
    if (pathEnd === -1) return undefined;
    const guarded = this.#routes.get(target.slice(0, pathEnd));
    if (guarded === undefined || !arePlainHeaders(headers, guarded.checkToken)) return undefined;
    try {
      const answer = guarded.route.read(target.slice(pathEnd + 1), ANY_FRESHNESS, null);
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
