import { type Context, Hono } from 'hono';
import type { Connection, RequestHandler } from '../../ports/inbound/server.ts';
import type { StatusReader } from '../../ports/inbound/status-reader.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import {
  allOf,
  type Guard,
  LOCAL_ONLY,
  NO_SECRET_TOKEN,
  rejectOverLimit,
  rejectWithoutToken,
} from './guards.ts';
import {
  type Answer,
  ItemFastPath,
  ItemRoute,
  type ItemRouteOptions,
  itemRouteAnswer,
} from './items/item-routes.ts';
import { healthRoute, metricsRoute } from './items/status-routes.ts';
import { FailedRequests, INTERNAL, logDefect, NO_SUCH_ROUTE, problemResponse } from './problem.ts';
import { wireResponse } from './sdk-endpoint/wire-answer.ts';
import {
  PendingBodies,
  rawHandler,
  WebWireRequest,
  WireRoute,
  type WireRouteOptions,
} from './sdk-endpoint/wire-route.ts';

/** The parts of a cache's HTTP interface. */
export interface AppOptions {
  readonly items: readonly ItemRouteOptions[];
  /** The service or services of the endpoint for SDKs; absent or empty to disable it. */
  readonly wire?: WireRouteOptions | readonly WireRouteOptions[];
  /** Limit of all request bodies of unanswered SDK operations together, in bytes; default 32 MiB. */
  readonly maxPendingBodyBytes?: number;
  readonly status: StatusReader;
  /** The name of this cache in the `Cache-Status` header: a token, such as `dynamodb-cache`. */
  readonly cacheName: string;
  /** The prefix of metric names, such as `dynamodb_cache`. */
  readonly metricsPrefix: string;
  /**
   * The required value of `X-Aws-Parameters-Secrets-Token`; absent if no token is needed. `/health`, the SDK endpoint and
   * item routes with `tokens` of their own do not require it.
   */
  readonly token?: string;
  readonly logger: Logger;
}

/** The Hono environment: the connection of the request. */
export interface AppEnv {
  Bindings: Connection;
}

const DEFAULT_PENDING_BODY_BYTES = 32 * 1024 * 1024;

/** The router and the fast paths share these routes. */
interface Routes {
  readonly items: readonly ItemRoute[];
  readonly wire: WireRoute | undefined;
  readonly failed: FailedRequests;
  readonly onDefect: (error: unknown) => void;
}

/**
 * Creates the item routes, the endpoint for SDKs at `/`, `/health` and `/metrics`, protected by the guards. The `fetch` of
 * the result is a handler for a `Server`.
 *
 * @example
 * await server.serve(createApp(options).fetch);
 */
export const createApp = (options: AppOptions): Hono<AppEnv> => routerOf(options, routesOf(options));

/** Creates the app as a handler that answers plain item requests and SDK operations without the router. */
export const createHandler = (options: AppOptions): RequestHandler => {
  const routes = routesOf(options);
  const { items, wire, failed } = routes;
  const router = routerOf(options, routes);
  const fastPath = new ItemFastPath(items, options.token, (error) => failed.problemOf(error));
  return Object.assign((request: Request, connection: Connection) => router.fetch(request, connection), {
    fastPath: fastPath.answer.bind(fastPath),
    ...(wire === undefined ? {} : { rawHandler: rawHandler(wire) }),
  });
};

const routesOf = ({ items, cacheName, wire = [], maxPendingBodyBytes, logger }: AppOptions): Routes => {
  const services = [wire].flat();
  const onDefect = (error: unknown) => logDefect(error, logger);
  const bodies = new PendingBodies(maxPendingBodyBytes ?? DEFAULT_PENDING_BODY_BYTES);
  return {
    items: items.map((item) => new ItemRoute(item, cacheName)),
    // No token: SDKs cannot send one, so that this endpoint verifies their signature instead.
    wire:
      services.length === 0
        ? undefined
        : new WireRoute(services, allOf([rejectOverLimit, ...LOCAL_ONLY]), bodies, onDefect),
    failed: new FailedRequests(logger),
    onDefect,
  };
};

const routerOf = (
  { status, metricsPrefix, token }: AppOptions,
  { items, wire, failed, onDefect }: Routes,
): Hono<AppEnv> => {
  const open = allOf(LOCAL_ONLY);
  const guarded = allOf([
    rejectOverLimit,
    ...LOCAL_ONLY,
    ...(token === undefined ? [] : [rejectWithoutToken([token])]),
  ]);
  const guardOf = ({ tokens }: ItemRoute): Guard =>
    tokens === undefined
      ? guarded
      : allOf([rejectOverLimit, ...LOCAL_ONLY, rejectWithoutToken(tokens, NO_SECRET_TOKEN)]);

  // Not a middleware, because a middleware awaits each response, and a hit must be answered synchronously.
  const guardedBy =
    (guard: Guard, answer: Answer) =>
    (context: Context<AppEnv>): Response | Promise<Response> => {
      const request = context.req.raw;
      const problem = guard(request, context.env);
      return problem === undefined ? answer(request) : problemResponse(failed.rejected(problem));
    };

  const app = new Hono<AppEnv>();
  for (const item of items) app.all(item.path, guardedBy(guardOf(item), itemRouteAnswer(item)));
  if (wire !== undefined) {
    app.post('/', async (context) => {
      const request = context.req.raw;
      if (!WireRoute.matches(request.headers, request.url)) return context.notFound();
      const answer = await wire.answer(new WebWireRequest(request), context.env);
      try {
        return wireResponse(answer);
      } catch (error) {
        // `Response` throws for a status outside its range.
        onDefect(error);
        return problemResponse(INTERNAL);
      }
    });
  }
  app.all('/health', guardedBy(open, healthRoute(status)));
  app.all('/metrics', guardedBy(guarded, metricsRoute(status, metricsPrefix)));
  app.notFound(guardedBy(guarded, () => problemResponse(failed.rejected(NO_SUCH_ROUTE))));
  app.onError((error) => problemResponse(failed.problemOf(error)));
  return app;
};
