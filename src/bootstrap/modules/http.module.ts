import { ContainerModule } from 'inversify';
import { PLAIN, TYPED } from '../../adapters/dynamodb/content-types.ts';
import { NodeHttpServer } from '../../adapters/http/node-server.ts';
import { ItemAddressParser } from '../../domain/dynamodb/item-address.ts';
import { DeferredHandler } from '../deferred-handler.ts';
import { TOKENS } from '../tokens.ts';

/** The way in. */
export const httpModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.server).toResolvedValue((settings) => new NodeHttpServer(settings), [TOKENS.settings]);
  bind(TOKENS.addressParser).toResolvedValue(
    ({ tables }) => new ItemAddressParser(tables),
    [TOKENS.settings],
  );
  bind(TOKENS.deferredHandler).toResolvedValue(
    (addresses, { reader, invalidator, status }, logger, { token }) =>
      new DeferredHandler(async () => {
        // Nothing of it is needed before the first request.
        const { createApp } = await import('../../adapters/http/app.ts');
        return createApp({
          items: [
            {
              path: '/dynamodb',
              addresses,
              formats: new Map([['dynamodb', TYPED]]),
              defaultContentType: PLAIN,
              reader,
              invalidator,
            },
          ],
          status,
          cacheName: 'dynamodb-cache',
          metricsPrefix: 'dynamodb_cache',
          ...(token === undefined ? {} : { token }),
          logger,
        }).fetch;
      }),
    [TOKENS.addressParser, TOKENS.cache, TOKENS.logger, TOKENS.settings],
  );
  bind(TOKENS.requestHandler).toResolvedValue(
    (deferred) => (request, connection) => deferred.handle(request, connection),
    [TOKENS.deferredHandler],
  );
});
