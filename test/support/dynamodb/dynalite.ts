import { once } from 'node:events';
import createDynalite from 'dynalite';
import { DynamoDbServer } from './dynamodb-server.ts';

/** Starts a DynamoDB within this process: quick, but written by others than DynamoDB's own makers. */
export const startDynalite = async (): Promise<DynamoDbServer> => {
  const server = createDynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('dynalite does not listen');
  return DynamoDbServer.inFrontOf(`http://127.0.0.1:${address.port}`, async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
};
