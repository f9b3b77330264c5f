import { hash, randomFillSync } from 'node:crypto';
import type { Invalidator } from '../../../ports/inbound/invalidator.ts';
import type { Freshness, ItemReader, ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { Connection, PlainAnswer, PlainRequest } from '../../../ports/inbound/server.ts';
import { PLAIN_TARGET, type PlainHeadersCheck, plainHeadersCheck, tokenCheck } from '../guards.ts';
import { itemAnswer } from '../item-response.ts';
import { methodNotAllowed, type Problem, problemAnswer, problemResponse, webResponse } from '../problem.ts';
import { ANY_FRESHNESS, parseCacheControl } from './cache-control.ts';
import { BadRequestError, ItemQuery, type ItemQueryOptions, queryOf, RoutePath } from './item-query.ts';
import type { BodyPart } from './json-key.ts';

/** One path under which items are read and invalidated. */
export interface ItemRouteOptions extends ItemQueryOptions {
  /** Such as `/dynamodb`, or with parameters of the address in it, such as `/tables/:table`. */
  readonly path: string;
  readonly reader: ItemReader;
  readonly invalidator: Invalidator;
  /** For secrets: requests must carry one of these tokens, in place of the token of the other routes. */
  readonly tokens?: readonly string[];
}

const METHODS = 'GET, HEAD, DELETE';
const NO_JOURNAL =
  'everywhere=true needs an entry whose writes are announced: cache.yaml must give its table or section coherence: invocation or a duration';

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
  readonly #secrets: SecretAnswers | undefined;
  readonly #routePath: RoutePath;

  constructor(options: ItemRouteOptions, cacheName: string) {
    this.path = options.path;
    this.tokens = options.tokens;
    this.#reader = options.reader;
    this.#invalidator = options.invalidator;
    this.#query = new ItemQuery(options);
    this.#part = options.part;
    this.#cacheName = cacheName;
    this.#secrets = options.tokens === undefined ? undefined : new SecretAnswers();
    this.#routePath = new RoutePath(options.path);
  }

  get hasFixedPath(): boolean {
    return this.#routePath.isFixed;
  }

  /** The query of a request for this route, with the parameters of its path; undefined if its path is another. Still encoded. */
  queryOf(path: string, query: string): string | undefined {
    return this.#routePath.queryOf(path, query);
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
    if (this.#secrets === undefined) return this.#answerOf(result, selector, ifNoneMatch);
    const keyed = this.#secrets.withKeyedDigest(result);
    return this.#secrets.withoutStore(this.#answerOf(keyed, selector, ifNoneMatch));
  }

  #answerOf(result: ReadResult, selector: string | undefined, ifNoneMatch: string | null): PlainAnswer {
    if (selector === undefined || this.#part === undefined || result.outcome === 'absent')
      return itemAnswer(result, this.#cacheName, ifNoneMatch);
    const part = this.#part.of(result.body, selector);
    if ('status' in part) return problemAnswer(part);
    return itemAnswer({ ...result, body: part }, this.#cacheName, ifNoneMatch);
  }

  /** Invalidates the item or the group that `query` names. @throws {CacheError} if it names neither; also by rejection */
  invalidate(query: string): void | Promise<void> {
    const { address, everywhere } = this.#query.invalidation(query);
    const { group, key } = address;
    if (everywhere) {
      const announced = this.#invalidator.invalidateEverywhere?.(address);
      if (announced === undefined) throw new BadRequestError('unknown_parameter', NO_JOURNAL);
      return announced;
    }
    if (key === undefined) this.#invalidator.invalidateGroup(group);
    else this.#invalidator.invalidate(key);
  }
}

/** Digests that are stored: to make one takes 1 µs, and a whole hit takes 4 to 6 µs of our code (benchmarks, "Values"). */
const MAX_DIGESTS = 1_000;

/** Keeps answers with secrets out of other caches, and makes their entity tags useless for guesses of the value. */
class SecretAnswers {
  /** Made with the first answer: a start must not load `node:crypto`, and copies of a snapshot must not share it. */
  #key: string | undefined;
  /** By plain digest. */
  readonly #digests = new Map<string, string>();

  /** The result with a digest that only this process can compute. Equal bodies have equal ones. */
  withKeyedDigest(result: ReadResult): ReadResult {
    if (result.outcome === 'absent') return result;
    const { body } = result;
    const digest = this.#digests.get(body.digest) ?? this.#keyed(body.digest);
    return { ...result, body: { ...body, digest } };
  }

  /** Logs may show entity tags, and the plain digest of a weak password can be found by trying passwords. */
  #keyed(plain: string): string {
    this.#key ??= randomFillSync(Buffer.alloc(32)).toString('base64url');
    const digest = hash('sha256', this.#key + plain, 'base64url');
    if (this.#digests.size >= MAX_DIGESTS) this.#digests.clear();
    this.#digests.set(plain, digest);
    return digest;
  }

  withoutStore(answer: PlainAnswer): PlainAnswer {
    return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } };
  }
}

/** Answers all methods of one item path, with web-standard objects. */
export const itemRouteAnswer =
  (route: ItemRoute): Answer =>
  (request) => {
    const { method, headers } = request;
    if (method === 'DELETE') {
      rejectBody(headers);
      const announced = route.invalidate(requestQuery(route, request.url));
      const done = () => new Response(null, { status: 204 });
      return announced === undefined ? done() : announced.then(done);
    }
    if (method !== 'GET' && method !== 'HEAD') return problemResponse(methodNotAllowed(METHODS));
    rejectBody(headers);
    const freshness = parseCacheControl(headers.get('cache-control'));
    const answer = route.read(requestQuery(route, request.url), freshness, headers.get('if-none-match'));
    return 'then' in answer ? answer.then(webResponse) : webResponse(answer);
  };

/** The router matched the path, so that it is one of the route. */
const requestQuery = (route: ItemRoute, url: string): string =>
  route.hasFixedPath ? queryOf(url) : (route.queryOf(new URL(url).pathname, queryOf(url)) ?? '');

const rejectBody = (headers: Headers): void => {
  const length = headers.get('content-length');
  if ((length === null || /^0+$/.test(length)) && !headers.has('transfer-encoding')) return;
  throw new BadRequestError('malformed_request', 'a request for an item must not have a body');
};

/** A route, and the check of its headers, which include the token that it requires. */
interface GuardedRoute {
  readonly route: ItemRoute;
  readonly arePlain: PlainHeadersCheck;
}

/**
 * Answers plain GETs of items without the router and web-standard objects, which take most of the time of a hit (decision
 * 19). The router answers requests with any other header that has an effect.
 */
export class ItemFastPath {
  readonly #routes: ReadonlyMap<string, GuardedRoute>;
  readonly #patterns: readonly GuardedRoute[];
  readonly #problemOf: (error: unknown) => Problem;

  /**
   * @param token the token that requests must carry; absent if they need none
   * @param problemOf decides how a request is answered whose route threw an error
   */
  constructor(
    routes: readonly ItemRoute[],
    token: string | undefined,
    problemOf: (error: unknown) => Problem,
  ) {
    const checkToken = token === undefined ? undefined : tokenCheck([token]);
    const guarded = routes.map((route) => ({
      route,
      arePlain: plainHeadersCheck(route.tokens === undefined ? checkToken : tokenCheck(route.tokens)),
    }));
    this.#routes = new Map(guarded.map((each) => [each.route.path, each]));
    this.#patterns = guarded.filter(({ route }) => !route.hasFixedPath);
    this.#problemOf = problemOf;
  }

  /** Returns the response of the route, errors included; undefined if the router must answer. */
  answer(
    { method, target, headers }: PlainRequest,
    { overLimit }: Connection,
  ): PlainAnswer | Promise<PlainAnswer> | undefined {
    if (method !== 'GET' || overLimit) return undefined;
    const pathEnd = target.indexOf('?');
    const guarded = pathEnd === -1 ? undefined : this.#routes.get(target.slice(0, pathEnd));
    if (guarded === undefined) return this.#answerPattern(target, headers);
    if (!guarded.arePlain(headers)) return undefined;
    return this.#read(guarded.route, target.slice(pathEnd + 1));
  }

  #answerPattern(target: string, headers: readonly string[]): PlainAnswer | Promise<PlainAnswer> | undefined {
    if (this.#patterns.length === 0 || !PLAIN_TARGET.test(target)) return undefined;
    const pathEnd = target.indexOf('?');
    const path = pathEnd === -1 ? target : target.slice(0, pathEnd);
    for (const { route, arePlain } of this.#patterns) {
      const query = route.queryOf(path, pathEnd === -1 ? '' : target.slice(pathEnd + 1));
      if (query === undefined) continue;
      return arePlain(headers) ? this.#read(route, query) : undefined;
    }
    return undefined;
  }

  #read(route: ItemRoute, query: string): PlainAnswer | Promise<PlainAnswer> {
    try {
      const answer = route.read(query, ANY_FRESHNESS, null);
      return 'then' in answer
        ? answer.catch((error: unknown) => problemAnswer(this.#problemOf(error)))
        : answer;
    } catch (error) {
      return problemAnswer(this.#problemOf(error));
    }
  }
}
