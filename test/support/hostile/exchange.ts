import { connect } from 'node:net';

/** What became of one connection on which bytes were sent. */
export interface Exchange {
  /** All that came back, one character for each byte. */
  readonly received: string;
  /** Whether the server broke the connection off instead of ending it. */
  readonly wasReset: boolean;
}

/** After this long without an answer, what was sent counts as unfinished, and the caller says that there will be no more. */
const PATIENCE_MS = 200;

/**
 * Sends bytes on a connection of their own, and resolves when the server has ended it.
 * Rejects if the server cannot be reached, or leaves the connection open for longer than `limitMs`.
 *
 * @param asksForClose whether the bytes themselves make the server end the connection; if not, the caller ends its side
 */
export const exchange = (
  port: number,
  bytes: Uint8Array,
  asksForClose: boolean,
  limitMs = 20_000,
): Promise<Exchange> =>
  new Promise((resolve, reject) => {
    let wasConnected = false;
    let wasReset = false;
    let received = '';
    let patience: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      wasConnected = true;
      socket.write(bytes);
      // Not before: on a busy machine the connection alone may take as long.
      patience = setTimeout(() => socket.end(), asksForClose ? limitMs : PATIENCE_MS);
    });
    const limit = setTimeout(() => {
      reject(new Error(`still open after ${limitMs} ms`));
      socket.destroy();
    }, limitMs);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      patience?.refresh();
    });
    socket.on('end', () => socket.end());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (wasConnected && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) wasReset = true;
      else reject(error);
    });
    socket.on('close', () => {
      clearTimeout(patience);
      clearTimeout(limit);
      resolve({ received, wasReset });
    });
  });
