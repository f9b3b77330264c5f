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
import { type Answer, FastPath, type ItemRouteOptions, itemRoute } from './items/item-routes.ts';
import { healthRoute, metricsRoute } from './items/status-routes.ts';
import { INTERNAL, NO_SUCH_ROUTE, problemOf, problemResponse } from './problem.ts';
import { PendingBodies } from './server/request-body.ts';

/** All that the HTTP interface of a cache is made of. */
export interface AppOptions {
  readonly items: readonly ItemRouteOptions[];
  /** What is answered to the SDKs of the source; nothing if absent. */
  readonly wire?: WireRouteOptions;
  /** Bound of the sum of the bodies that SDKs are sending or wait for an answer to; default 32 MiB. */
  readonly maxPendingBodyBytes?: number;
  readonly status: StatusReader;
  /** What the cache calls itself in `Cache-Status`: a token, such as `dynamodb-cache`. */
  readonly cacheName: string;
  /** What the names of its metrics begin with, such as `dynamodb_cache`. */
  readonly metricsPrefix: string;
  /** What requests must carry in `X-Aws-Parameters-Secrets-Token`, `/health` excepted; nothing if absent. */
  readonly token?: string;
  readonly logger: Logger;
}

/** The environment of a handler: the connection that the request came by. */
export interface AppEnv {
  Bindings: Connection;
}

/**
 * The item routes, what SDKs send to `/`, `/health` and `/metrics`, behind the guards. Its `fetch` is what a `Server` serves.
 *
 * @example
 * await server.serve(createApp(options).fetch);
 */
export const createApp = (options: AppOptions): Hono<AppEnv> => {
  const { items, status, cacheName, metricsPrefix, token, logger } = options;
  const open = allOf(LOCAL);
  const guarded = allOf([refuseOverLimit, ...LOCAL, ...(token === undefined ? [] : [refuseWithout(token)])]);

  const app = new Hono<AppEnv>();
  for (const item of items) app.all(item.path, behind(guarded, itemRoute(item, cacheName)));
  const wireRoute = wireRouteOf(options);
  if (wireRoute !== undefined) {
    app.post('/', async (context) => {
      const request = context.req.raw;
      if (!WireRoute.isMeant(request.headers, request.url)) return context.notFound();
      return wireResponse(await wireRoute.answer(new WebWireRequest(request), context.env));
    });
  }
  app.all('/health', behind(open, healthRoute(status)));
  app.all('/metrics', behind(guarded, metricsRoute(status, metricsPrefix)));
  app.notFound(behind(guarded, () => problemResponse(NO_SUCH_ROUTE)));
  app.onError((error) => {
    if (error instanceof CacheError) return problemResponse(problemOf(error));
    logDefect(error, logger);
    return problemResponse(INTERNAL);
  });
  return app;
};

const DEFAULT_PENDING_BODY_BYTES = 32 * 1024 * 1024;

const LOCAL = [refuseForwarded, refuseForeignHost, refuseCrossSite];

/** Of SDKs a signature is asked instead of the token, which they cannot send. */
const wireRouteOf = ({ wire, maxPendingBodyBytes, logger }: AppOptions): WireRoute | undefined =>
  wire &&
  new WireRoute(
    wire,
    allOf([refuseOverLimit, ...LOCAL]),
    new PendingBodies(maxPendingBodyBytes ?? DEFAULT_PENDING_BODY_BYTES),
    (error) => logDefect(error, logger),
  );

/** The app as a handler, with the short ways past its router: of hits, and of what SDKs send. */
export const createHandler = (options: AppOptions): RequestHandler => {
  const app = createApp(options);
  const hits = new FastPath(options);
  const wireRoute = wireRouteOf(options);
  const answer = (request: Request, connection: Connection) =>
    wireRoute !== undefined && isForWire(request)
      ? answerOfWire(wireRoute, request, connection, options.logger)
      : app.fetch(request, connection);
  return Object.assign(answer, {
    shortcut: hits.answer.bind(hits),
    ...(wireRoute === undefined ? {} : { passage: rawHandler(wireRoute) }),
  });
};

/** Whether the router would find that `request` is for the wire route, for whose answer it takes as long as that itself. */
const isForWire = ({ method, url, headers }: Request): boolean =>
  method === 'POST' &&
  url.indexOf('/', url.indexOf('//') + 2) === url.length - 1 &&
  WireRoute.isMeant(headers);

const answerOfWire = async (
  route: WireRoute,
  request: Request,
  connection: Connection,
  logger: Logger,
): Promise<Response> => {
  try {
    return wireResponse(await route.answer(new WebWireRequest(request), connection));
  } catch (error) {
    logDefect(error, logger);
    return problemResponse(INTERNAL);
  }
};

// Not a middleware: one makes every answer wait for a promise, and a hit must not.
const behind =
  (guard: Guard, answer: Answer) =>
  (context: Context<AppEnv>): Response | Promise<Response> => {
    const request = context.req.raw;
    const problem = guard(request, context.env);
    return problem === undefined ? answer(request) : problemResponse(problem);
  };

const logDefect = (thrown: unknown, logger: Logger): void => {
  const error = thrown instanceof Error ? thrown : new TypeError('what was thrown is no error');
  // A message may quote what the program choked on, which may be an item; the frames say where.
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  logger.error('a request met a defect', { error: error.name, stack });
  logger.debug('the message of that defect', { message: error.message });
};
