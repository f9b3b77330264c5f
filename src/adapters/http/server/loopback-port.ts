import type { Server as NetServer } from 'node:net';
import { PortTakenError } from './server-errors.ts';

/** Length of the queue of connections to accept; the default of `listen`. */
const BACKLOG = 511;

/** Listens on both loopback addresses, on the same port, with one server each. */
export class LoopbackListeners {
  readonly #ipv4: NetServer;
  readonly #ipv6: NetServer;
  #attempt: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(ipv4: NetServer, ipv6: NetServer) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  /**
   * Listens on `127.0.0.1`, and on `::1` if the machine has IPv6. Resolves with the port.
   *
   * @param port 0 selects any free port
   * @param takenForMs how long to wait for a port that is in use
   * @throws {PortTakenError} if the port is still in use after `takenForMs`
   */
  async listen(port: number, takenForMs: number): Promise<number> {
    const listening = await listenOnceFree(
      port,
      takenForMs,
      () => this.#closed,
      () => this.#attemptToListen(port),
    );
    return listening ?? port;
  }

  /** Stops accepting connections. Resolves when the caller has ended the open ones. */
  async close(): Promise<void> {
    this.#closed = true;
    const stopped = this.#stop();
    await this.#attempt.catch(() => undefined);
    await Promise.all([stopped, this.#stop()]);
  }

  async #attemptToListen(port: number): Promise<number> {
    const attempt = this.#listenOnce(port);
    this.#attempt = attempt;
    try {
      return await attempt;
    } catch (error) {
      void this.#stop();
      throw error;
    }
  }

  async #listenOnce(wantedPort: number): Promise<number> {
    await listenOn(this.#ipv4, '127.0.0.1', wantedPort);
    const address = this.#ipv4.address();
    const port = typeof address === 'object' && address !== null ? address.port : wantedPort;
    try {
      await listenOn(this.#ipv6, '::1', port);
    } catch (error) {
      // Without IPv6, listening fails with various codes and IPv4 suffices. A port that another process holds on ::1
      // is an error: clients that resolve `localhost` to ::1 would reach that process.
      if (isPortTaken(error)) throw error;
    }
    return port;
  }

  async #stop(): Promise<void> {
    await Promise.all([stop(this.#ipv4), stop(this.#ipv6)]);
  }
}

const listenOn = (server: NetServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      server.off('listening', listening).off('error', settle).off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    // Some runtimes emit this event with arguments, which must not reach `settle`.
    const listening = () => settle();
    // A server closed during `listen` emits neither `listening` nor `error`.
    const closed = () => settle(new Error('the server was closed'));
    server.once('listening', listening).once('error', settle).once('close', closed);
    listenWithoutLookup(server, host, port);
  });

/** The undocumented step of `listen` that follows the name lookup. Node.js keeps the name for compatibility. */
interface AddressListener {
  _listen2?(address: string, port: number, addressType: 4 | 6, backlog: number): void;
}

/**
 * Listens on an address without loading the resolver, the cluster module and the IPv6 expression. Loading these takes more
 * time than all other steps before the registration.
 */
const listenWithoutLookup = (server: NetServer & AddressListener, host: string, port: number): void => {
  // `listen` throws for such a port.
  const isInvalidPort = port > 65_535;
  if (isInvalidPort || server._listen2 === undefined) server.listen({ host, port, exclusive: true });
  else server._listen2(host, port, host.includes(':') ? 6 : 4, BACKLOG);
};

const stop = (server: NetServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

const RETRY_MS = 50;

/** Whether `listen` failed because the port is in use. */
export const isPortTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Calls `listen` until it succeeds, and retries for `takenForMs` while the port is in use.
 *
 * @returns the result of `listen`; undefined if `isOver` becomes true first
 * @throws {PortTakenError} if the port is still in use after `takenForMs`; any other error of `listen` unchanged
 */
export const listenOnceFree = async <Listening>(
  port: number,
  takenForMs: number,
  isOver: () => boolean,
  listen: () => Listening | Promise<Listening>,
): Promise<Listening | undefined> => {
  // Counts retries instead of reading a clock: a clock jumps when a frozen process is thawed.
  for (let waitedMs = 0; !isOver(); waitedMs += RETRY_MS) {
    try {
      return await listen();
    } catch (error) {
      if (isOver()) return undefined;
      if (!isPortTaken(error)) throw error;
      if (waitedMs >= takenForMs) throw new PortTakenError(port, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return undefined;
};
