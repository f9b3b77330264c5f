import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../ports/clock.ts';
import { SocketWatch } from './socket-watch.ts';

/** Keeps connections open between calls, and knows which of them can no longer be trusted. */
export class UpstreamAgent {
  readonly http: http.Agent;
  readonly https: https.Agent;
  readonly #watch: SocketWatch;

  /** @param maxSockets calls at the same time; others wait */
  constructor(clock: Clock, maxSockets = 50) {
    this.#watch = new SocketWatch(clock);
    this.http = new WatchedHttpAgent(this.#watch, maxSockets);
    this.https = new WatchedHttpsAgent(this.#watch, maxSockets);
  }

  /** Closes connections that were idle for too long. */
  closeStale(): void {
    this.#closeIdle((socket) => this.#watch.isStale(socket));
  }

  /** Closes all connections that are idle. */
  closeIdle(): void {
    this.#closeIdle(() => true);
  }

  /** Closes all connections, those in use included. */
  close(): void {
    this.http.destroy();
    this.https.destroy();
  }

  /** Whether `error` says that a connection which had served before turned out to be dead. */
  foundDead(error: unknown): boolean {
    return this.#watch.foundDead(error);
  }

  #closeIdle(choose: (socket: Duplex) => boolean): void {
    for (const agent of [this.http, this.https]) {
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of [...(sockets ?? [])]) if (choose(socket)) socket.destroy();
      }
    }
  }
}

class WatchedHttpAgent extends http.Agent {
  readonly #watch: SocketWatch;

  constructor(watch: SocketWatch, maxSockets: number) {
    super({ keepAlive: true, maxSockets });
    this.#watch = watch;
  }

  override keepSocketAlive(socket: Duplex): void {
    this.#watch.kept(socket);
    // biome-ignore lint/correctness/noVoidTypeReturn: typed as nothing, but what it returns decides whether the socket is kept
    return super.keepSocketAlive(socket);
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    this.#watch.reused(request);
    super.reuseSocket(socket, request);
  }
}

class WatchedHttpsAgent extends https.Agent {
  readonly #watch: SocketWatch;

  constructor(watch: SocketWatch, maxSockets: number) {
    super({ keepAlive: true, maxSockets });
    this.#watch = watch;
  }

  override keepSocketAlive(socket: Duplex): void {
    this.#watch.kept(socket);
    // biome-ignore lint/correctness/noVoidTypeReturn: as above
    return super.keepSocketAlive(socket);
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    this.#watch.reused(request);
    super.reuseSocket(socket, request);
  }
}
