declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A server that does not listen yet. */
  const createServer: (options: { readonly createTableMs: number }) => Server;
  export = createServer;
}
