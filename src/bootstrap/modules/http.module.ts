import { ContainerModule } from 'inversify';
import { DeferredHandler, deferredRequestHandler } from '../deferred.ts';
import { TOKENS } from '../tokens.ts';

/** The HTTP interface of the cache. */
export const httpModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.deferredHandler).toResolvedValue(
    (routes, { reader, invalidator, status }, wire, logger, { token, maxPendingBodyBytes }) =>
      new DeferredHandler(async () => {
        // Loaded on demand: not needed before the first request.
        const { createHandler } = await import('../../adapters/http/app.ts');
        return createHandler({
          items: routes.map((route) => ({ ...route, reader, invalidator })),
          wire,
          maxPendingBodyBytes,
          status,
          cacheName: 'dynamodb-cache',
          metricsPrefix: 'dynamodb_cache',
          ...(token === undefined ? {} : { token }),
          logger,
        });
      }),
    [TOKENS.routes, TOKENS.cache, TOKENS.wireRoutes, TOKENS.logger, TOKENS.settings],
  );
  bind(TOKENS.requestHandler).toResolvedValue(deferredRequestHandler, [TOKENS.deferredHandler]);
});
