import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import createDynalite from 'dynalite';
import { DynamoDbServer } from './dynamodb-server.ts';

/** A dynalite without a proxy, so that its answers reach clients byte for byte. */
export interface BareDynalite {
  readonly url: string;
  /** The operations that it received, in order, without the version. */
  readonly operations: string[];
  close(): Promise<void>;
}

/** Starts a DynamoDB in this process: fast, but not written by the makers of DynamoDB. */
export const startDynalite = async (): Promise<DynamoDbServer> => {
  const { url, close } = await listen({ createTableMs: 0 });
  return DynamoDbServer.inFrontOf(url, close);
};

// With 0 ms, the answer to an update may or may not show the update.
export const startBareDynalite = (): Promise<BareDynalite> =>
  listen({ createTableMs: 0, updateTableMs: 50, deleteTableMs: 50 });

const listen = async (options: Parameters<typeof createDynalite>[0]): Promise<BareDynalite> => {
  const server = createDynalite(options);
  const operations: string[] = [];
  server.prependListener('request', ({ headers }: IncomingMessage) => {
    operations.push(String(headers['x-amz-target']).replace(/^.*\./, ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('dynalite does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    operations,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};
