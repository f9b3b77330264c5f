import { createServer, type Server, type Socket } from 'node:net';
import type { BunListen, BunListenOptions, BunSocket } from '../../../src/adapters/http/server/bun-server.ts';

/** What `listen` does with an address, at once; named by Node.js for old programs. */
interface AddressListener {
  _listen2(address: string, port: number, addressType: 4 | 6, backlog: number): void;
}

/** Bytes that a write takes at most: the system takes a part of what is large. */
const MOST_AT_A_TIME = 100_000;

/** `Bun.listen` on the sockets of Node.js, as far as the server uses it. */
export const netListen: BunListen = (options) => {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: options.allowHalfOpen }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attach(socket, options);
  });
  return {
    port: listenAtOnce(server, options.hostname, options.port),
    stop: (closesConnections) => {
      server.close();
      if (closesConnections) for (const socket of sockets) socket.destroy();
    },
  };
};

const listenAtOnce = (server: Server & Partial<AddressListener>, hostname: string, port: number): number => {
  server.on('error', () => undefined);
  server._listen2?.(hostname, port, hostname.includes(':') ? 6 : 4, 511);
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw Object.assign(new Error('cannot listen'), { code: 'EADDRINUSE' });
};

const attach = <Held>(socket: Socket, { socket: handler }: BunListenOptions<Held>): void => {
  const held: Partial<BunSocket<Held>> = {
    write: (bytes) => {
      if (socket.destroyed) return -1;
      if (socket.writableNeedDrain) return 0;
      // Sent later than it seems to be.
      socket.write(Buffer.from(bytes.subarray(0, MOST_AT_A_TIME)));
      if (bytes.byteLength > MOST_AT_A_TIME) setImmediate(() => handler.drain(given));
      return Math.min(bytes.byteLength, MOST_AT_A_TIME);
    },
    end: () => void socket.end(),
    terminate: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  };
  const given = held as BunSocket<Held>;
  handler.open(given);
  socket.on('data', (bytes: Buffer) => handler.data(given, bytes));
  socket.on('drain', () => handler.drain(given));
  socket.on('end', () => handler.end(given));
  socket.on('error', (error) => handler.error(given, error));
  socket.on('close', () => handler.close(given));
};
