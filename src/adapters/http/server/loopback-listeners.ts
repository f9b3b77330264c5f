import type { Server as HttpServer } from 'node:http';
import { isTaken, listenOnceFree } from './port-taken-error.ts';

/** Connections that may wait to be accepted; the default of `listen`. */
const BACKLOG = 511;

/** Makes one server listen on each loopback address, on the same port. */
export class LoopbackListeners {
  readonly #ipv4: HttpServer;
  readonly #ipv6: HttpServer;
  #attempt: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(ipv4: HttpServer, ipv6: HttpServer) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  /**
   * Listens, and gives the port: on `127.0.0.1`, and on `::1` where the machine has it.
   *
   * @param port 0 for any that is free
   * @param takenForMs how long to wait for whoever holds the port
   * @throws {PortTakenError} if the port did not become free
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

  /** Accepts no connection from now on, and resolves when those that are open have been ended by the caller. */
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
      // A machine without IPv6 refuses in several ways. A stranger on ::1 is another matter:
      // whoever says `localhost` might meet it.
      if (isTaken(error)) throw error;
    }
    return port;
  }

  async #stop(): Promise<void> {
    await Promise.all([stop(this.#ipv4), stop(this.#ipv6)]);
  }
}

const listenOn = (server: HttpServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      server.off('listening', listening).off('error', settle).off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    // Not every runtime gives this event without arguments.
    const listening = () => settle();
    // Closed in between, a server is neither listening nor in error.
    const closed = () => settle(new Error('the server was closed'));
    server.once('listening', listening).once('error', settle).once('close', closed);
    listenWithoutLookup(server, host, port);
  });

/** What `listen` does when it has looked up the name: not documented, but a name that Node.js keeps for old programs. */
interface AddressListener {
  _listen2?(address: string, port: number, addressType: 4 | 6, backlog: number): void;
}

/**
 * An address needs no resolver, no cluster, and no expression for all of IPv6: to load these takes longer than all the rest
 * of what comes before the registration.
 */
const listenWithoutLookup = (server: HttpServer & AddressListener, host: string, port: number): void => {
  // Which `listen` refuses.
  const isNoPort = port > 65_535;
  if (isNoPort || server._listen2 === undefined) server.listen({ host, port, exclusive: true });
  else server._listen2(host, port, host.includes(':') ? 6 : 4, BACKLOG);
};

const stop = (server: HttpServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
