/*
 * HTTP/1.1 client. Buys: a forwarded call of 79 µs of processor time at 16 connections against 144 with node:http; a bare proxy
 * takes 33 µs with a socket and a short reader, 41 with undici (docs/maintainers/decisions/0024-connections-of-our-own.md).
 * Proof: property tests in test/adapters/aws/http-client send the same bytes to this reader and to the client of Node.js.
 */
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectSecure, type TLSSocket } from 'node:tls';
import type { Clock } from '../../../ports/outbound/clock.ts';
import type { ProxyTunnels } from './proxy-tunnel.ts';
import type { ServiceLabel } from './transport-error.ts';
import { type OpenSocket, socketOptions, UpstreamConnection } from './upstream-connection.ts';

/** After a longer idle time, the other side may have closed the connection while this process was frozen. */
const MAX_IDLE_MS = 5000;

/** An idle connection is not used in the last second before the other side closes it. */
const MARGIN_MS = 1000;

/** The most that one read returns. */
const READ_BYTES = 65_536;

/** Receives a connection. */
export type Taker = (connection: UpstreamConnection) => void;

interface Origin {
  readonly open: Set<UpstreamConnection>;
  /** In the order in which they became idle. */
  idle: UpstreamConnection[];
  readonly waiting: Taker[];
  session: Buffer | undefined;
}

export interface UpstreamConnectionsOptions {
  /** How messages name the other side. Default: AWS. */
  readonly label?: ServiceLabel;
  /** Calls at the same time to one origin; further calls wait. Default: no limit, because the calls of a source are limited before. */
  readonly maxConnections?: number | undefined;
  /** Tunnels through a proxy, for the origins that need one. */
  readonly tunnels?: ProxyTunnels | undefined;
}

/** Keeps connections open between calls, and closes those that may be dead. */
export class UpstreamConnections {
  readonly label: ServiceLabel;
  readonly #clock: Clock;
  readonly #maxConnections: number;
  readonly #tunnels: ProxyTunnels | undefined;
  readonly #origins = new Map<string, Origin>();
  readonly #deadEnds = new WeakSet<object>();
  /** Shared by all connections: bytes are copied from it before the next read. */
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);

  constructor(
    clock: Clock,
    {
      label = { name: 'AWS' },
      maxConnections = Number.POSITIVE_INFINITY,
      tunnels,
    }: UpstreamConnectionsOptions = {},
  ) {
    this.label = label;
    this.#clock = clock;
    this.#maxConnections = maxConnections;
    this.#tunnels = tunnels;
  }

  /** Calls `take` with a connection to the origin of `url`, at once if the limit allows. Returns a function that stops waiting. */
  request(url: URL, take: Taker): () => void {
    const origin = this.#originOf(url);
    const connection = origin.idle.pop();
    if (connection !== undefined) take(connection);
    else if (origin.open.size < this.#maxConnections) take(this.#open(url, origin));
    else {
      origin.waiting.push(take);
      return () => {
        const place = origin.waiting.indexOf(take);
        if (place !== -1) origin.waiting.splice(place, 1);
      };
    }
    return () => undefined;
  }

  /**
   * Closes connections that have been idle for more than five seconds of wall clock, for as long as the other side keeps them,
   * or since a time in the future.
   */
  closeStale(): void {
    const now = this.#clock.now();
    this.#closeIdle(({ idleSinceMs, keptForMs }) => {
      const idleMs = now - idleSinceMs;
      return idleMs < 0 || idleMs > Math.min(MAX_IDLE_MS, keptForMs - MARGIN_MS);
    });
  }

  /** Closes all idle connections. */
  closeIdle(): void {
    this.#closeIdle(() => true);
  }

  /** Closes all connections, including those in use. */
  close(): void {
    for (const { open } of this.#origins.values()) {
      // A closed connection makes room for a waiting call, which is closed next.
      while (open.size > 0) {
        for (const connection of [...open]) connection.fail(new Error('all connections are closed'));
      }
    }
  }

  /** Records why a request failed on `connection`. */
  failed(connection: UpstreamConnection, error: Error): void {
    if (connection.isDeadEnd(error)) this.#deadEnds.add(error);
  }

  /** Whether `error` means that a kept connection was already closed by the other side. */
  foundDead(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#deadEnds.has(error);
  }

  #originOf(url: URL): Origin {
    const name = url.origin;
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      origin = { open: new Set(), idle: [], waiting: [], session: undefined };
      this.#origins.set(name, origin);
    }
    return origin;
  }

  #closeIdle(choose: (connection: UpstreamConnection) => boolean): void {
    for (const { idle } of this.#origins.values()) {
      if (idle.length === 0 || !idle.some(choose)) continue;
      for (const connection of idle.filter(choose))
        connection.fail(new Error('the connection was idle for too long'));
    }
  }

  #open(url: URL, origin: Origin): UpstreamConnection {
    const isPlain = url.protocol === 'http:';
    const connection = new UpstreamConnection(
      isPlain ? this.#plain(url) : this.#secure(url, origin),
      isPlain ? 'connect' : 'secureConnect',
      {
        idle: (freed) => {
          freed.idleSinceMs = this.#clock.now();
          if (origin.waiting.length === 0) origin.idle.push(freed);
          // Unsolicited bytes behind the response are read first, so a waiting call does not take them for its response.
          else setImmediate(() => handOver(freed, origin));
        },
        closed: (lost) => {
          origin.open.delete(lost);
          const place = origin.idle.indexOf(lost);
          if (place !== -1) origin.idle.splice(place, 1);
          const next = origin.waiting.shift();
          if (next !== undefined) next(this.#open(url, origin));
        },
        monotonic: () => this.#clock.monotonic(),
      },
    );
    origin.open.add(connection);
    return connection;
  }

  #plain(url: URL): OpenSocket {
    return (take) => connectPlain({ ...socketOptions(url, 80), onread: this.#onRead(take) });
  }

  #secure(url: URL, origin: Origin): OpenSocket {
    return (take) => {
      const plain = socketOptions(url, 443);
      const secure = {
        ALPNProtocols: ['http/1.1'],
        // Otherwise NODE_TLS_REJECT_UNAUTHORIZED could disable it.
        rejectUnauthorized: true,
        ...(isIP(plain.host) === 0 ? { servername: plain.host } : {}),
        ...(origin.session === undefined ? {} : { session: origin.session }),
      };
      const keepSession = (socket: TLSSocket): void => {
        socket.on('session', (session: Buffer) => {
          origin.session = session;
        });
      };
      if (this.#tunnels?.leadTo(url) === true) {
        return this.#tunnels.open(url, { ...secure, host: plain.host }, (socket) => {
          keepSession(socket);
          readInto(socket, take);
        });
      }
      const options = { ...plain, ...secure, onread: this.#onRead(take) };
      const socket = connectSecure(options);
      keepSession(socket);
      return socket;
    };
  }

  #onRead(take: (bytes: Buffer) => boolean) {
    const buffer = this.#buffer;
    return { buffer, callback: (length: number) => take(buffer.subarray(0, length)) };
  }
}

const handOver = (freed: UpstreamConnection, { open, idle, waiting }: Origin): void => {
  if (!open.has(freed)) return;
  const next = waiting.shift();
  if (next === undefined) idle.push(freed);
  else next(freed);
};

/** TLS over an existing socket ignores `onread`. */
const readInto = (socket: TLSSocket, take: (bytes: Buffer) => boolean): void => {
  socket.on('data', (bytes: Buffer) => {
    if (!take(bytes)) socket.pause();
  });
};
