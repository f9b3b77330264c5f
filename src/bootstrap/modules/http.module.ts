import { ContainerModule } from 'inversify';
import { PLAIN, TYPED } from '../../adapters/dynamodb/content-types.ts';
import { createApp } from '../../adapters/http/app.ts';
import { NodeHttpServer } from '../../adapters/http/node-server.ts';
import { ItemAddressParser } from '../../domain/dynamodb/item-address.ts';
import { TOKENS } from '../tokens.ts';

/** The way in. */
export const httpModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.server).toResolvedValue((settings) => new NodeHttpServer(settings), [TOKENS.settings]);
  bind(TOKENS.addressParser).toResolvedValue(
    ({ tables }) => new ItemAddressParser(tables),
    [TOKENS.settings],
  );
  bind(TOKENS.requestHandler).toResolvedValue(
    (addresses, { reader, invalidator, status }, logger, { token }) =>
      createApp({
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
      }).fetch,
    [TOKENS.addressParser, TOKENS.cache, TOKENS.logger, TOKENS.settings],
  );
});
