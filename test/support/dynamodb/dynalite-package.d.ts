declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A server that does not listen yet. */
  const createServer: (options: {
    readonly createTableMs: number;
    readonly updateTableMs?: number;
    readonly deleteTableMs?: number;
  }) => Server;
  export = createServer;
}
