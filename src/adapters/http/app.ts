import { type Context, Hono } from 'hono';
import { CacheError } from '../../domain/cache/errors.ts';
import type { Connection, RequestHandler } from '../../ports/inbound/server.ts';
import type { StatusReader } from '../../ports/inbound/status-reader.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import { wireResponse } from './dynamodb-endpoint/wire-response.ts';
import {
  rawHandler,
  WebWireRequest,
  WireRoute,
  type WireRouteOptions,
} from './dynamodb-endpoint/wire-route.ts';
import {
  allOf,
  type Guard,
  refuseCrossSite,
  refuseForeignHost,
  refuseForwarded,
  refuseOverLimit,
  refuseWithout,
} from './guards.ts';
import {
  type Answer,
  ItemFastPath,
  ItemRoute,
  type ItemRouteOptions,
  itemRouteAnswer,
} from './items/item-routes.ts';
import { healthRoute, metricsRoute } from './items/status-routes.ts';
import { INTERNAL, NO_SUCH_ROUTE, problemOf, problemResponse } from './problem.ts';
import { PendingBodies } from './server/request-body.ts';

/** What the HTTP interface of a cache consists of. */
export interface AppOptions {
  readonly items: readonly ItemRouteOptions[];
  /** The endpoint for SDKs of the source; none if absent. */
  readonly wire?: WireRouteOptions;
  /** Bound of the sum of the request bodies of SDKs that are being sent or answered; default 32 MiB. */
  readonly maxPendingBodyBytes?: number;
  readonly status: StatusReader;
  /** The name of this cache in `Cache-Status`: a token, such as `dynamodb-cache`. */
  readonly cacheName: string;
  /** The prefix of the names of its metrics, such as `dynamodb_cache`. */
  readonly metricsPrefix: string;
  /** What requests must carry in `X-Aws-Parameters-Secrets-Token`, except to `/health`; no token is needed if absent. */
  readonly token?: string;
  readonly logger: Logger;
}

/** The environment of a handler: the connection of the request. */
export interface AppEnv {
  Bindings: Connection;
}

const DEFAULT_PENDING_BODY_BYTES = 32 * 1024 * 1024;

const LOCAL = [refuseForwarded, refuseForeignHost, refuseCrossSite];

/** The routes, each made once: the router and the fast paths share them. */
interface Routes {
  readonly items: readonly ItemRoute[];
  readonly wire: WireRoute | undefined;
  readonly onDefect: (error: unknown) => void;
}

/**
 * The item routes, the endpoint for SDKs at `/`, `/health` and `/metrics`, behind the guards. Its `fetch` is a handler for
 * a `Server`.
 *
 * @example
 * await server.serve(createApp(options).fetch);
 */
export const createApp = (options: AppOptions): Hono<AppEnv> => routerOf(options, routesOf(options));

/** The app as a handler that answers items and operations of SDKs without the router. */
export const createHandler = (options: AppOptions): RequestHandler => {
  const routes = routesOf(options);
  const { wire, onDefect } = routes;
  const router = routerOf(options, routes);
  const fastPath = new ItemFastPath(routes.items, options.token, onDefect);
  return Object.assign((request: Request, connection: Connection) => router.fetch(request, connection), {
    fastPath: fastPath.answer.bind(fastPath),
    ...(wire === undefined ? {} : { rawHandler: rawHandler(wire) }),
  });
};

const routesOf = ({ items, cacheName, wire, maxPendingBodyBytes, logger }: AppOptions): Routes => {
  const onDefect = (error: unknown) => logDefect(error, logger);
  const bodies = new PendingBodies(maxPendingBodyBytes ?? DEFAULT_PENDING_BODY_BYTES);
  return {
    items: items.map((item) => new ItemRoute(item, cacheName)),
    // SDKs are asked for a signature, because they cannot send the token.
    wire: wire && new WireRoute(wire, allOf([refuseOverLimit, ...LOCAL]), bodies, onDefect),
    onDefect,
  };
};

const routerOf = (
  { status, metricsPrefix, token }: AppOptions,
  { items, wire, onDefect }: Routes,
): Hono<AppEnv> => {
  const open = allOf(LOCAL);
  const guarded = allOf([refuseOverLimit, ...LOCAL, ...(token === undefined ? [] : [refuseWithout(token)])]);

  const app = new Hono<AppEnv>();
  for (const item of items) app.all(item.path, behind(guarded, itemRouteAnswer(item)));
  if (wire !== undefined) {
    app.post('/', async (context) => {
      const request = context.req.raw;
      if (!WireRoute.isMeant(request.headers, request.url)) return context.notFound();
      const answer = await wire.answer(new WebWireRequest(request), context.env);
      try {
        return wireResponse(answer);
      } catch (error) {
        // A status that no response has.
        onDefect(error);
        return problemResponse(INTERNAL);
      }
    });
  }
  app.all('/health', behind(open, healthRoute(status)));
  app.all('/metrics', behind(guarded, metricsRoute(status, metricsPrefix)));
  app.notFound(behind(guarded, () => problemResponse(NO_SUCH_ROUTE)));
  app.onError((error) => {
    if (error instanceof CacheError) return problemResponse(problemOf(error));
    onDefect(error);
    return problemResponse(INTERNAL);
  });
  return app;
};

// Not a middleware: with one, every response waits for a promise, and a hit must not.
const behind =
  (guard: Guard, answer: Answer) =>
  (context: Context<AppEnv>): Response | Promise<Response> => {
    const request = context.req.raw;
    const problem = guard(request, context.env);
    return problem === undefined ? answer(request) : problemResponse(problem);
  };

const logDefect = (thrown: unknown, logger: Logger): void => {
  const error = thrown instanceof Error ? thrown : new TypeError('the thrown value is no error');
  // A message may quote what the program failed on, which may be an item; the frames name the place.
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  logger.error('a request met a defect', { error: error.name, stack });
  logger.debug('the message of that defect', { message: error.message });
};
