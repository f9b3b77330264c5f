import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import createDynalite from 'dynalite';

/** A dynalite with nothing between it and its clients, so that its answers are its own to the byte. */
export interface BareDynalite {
  readonly url: string;
  /** What reached it, in order, without the version. */
  readonly operations: string[];
  close(): Promise<void>;
}

// With no time between, what is answered to an update may tell of it or not.
export const startBareDynalite = async (): Promise<BareDynalite> => {
  const server = createDynalite({ createTableMs: 0, updateTableMs: 50, deleteTableMs: 50 });
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
