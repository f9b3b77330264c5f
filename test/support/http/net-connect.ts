import { connect } from 'node:net';
import type { BunClientSocket, BunConnect } from '../../../src/adapters/lambda/bun-api.ts';

/** Bytes that a write takes at most: the system takes a part of what is large. */
const MOST_AT_A_TIME = 100;

/** `Bun.connect` on the sockets of Node.js, as far as the calls of the Extensions API use it. */
export const netConnect: BunConnect = ({ hostname, port, socket: handler }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port });
    const given: BunClientSocket = {
      write: (bytes) => {
        if (socket.destroyed) return -1;
        const piece = bytes.subarray(0, MOST_AT_A_TIME);
        socket.write(piece);
        if (piece.byteLength < bytes.byteLength) setImmediate(() => handler.drain(given));
        return piece.byteLength;
      },
      end: () => void socket.end(),
    };
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.on('data', (bytes: Buffer) => {
        handler.data(given, bytes);
        // Bun uses the memory again.
        bytes.fill(0);
      });
      // Bun reports a reset when the connection is closed, and not as an error.
      let reset: Error | undefined;
      socket.on('error', (error) => {
        reset = error;
      });
      socket.on('close', () => handler.close(given, reset));
      handler.open(given);
      resolve(given);
    });
  });
