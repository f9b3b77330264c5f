import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectSecure, type TLSSocket } from 'node:tls';
import type { Clock } from '../../../ports/outbound/clock.ts';
import type { ProxyTunnels } from './proxy-tunnel.ts';
import { type OpenSocket, UpstreamConnection } from './upstream-connection.ts';

/** Longer than that, and the other side may have closed the connection while this process was frozen. */
const MAX_IDLE_MS = 5000;

/** So long before the other side closes an idle connection, it is not used any more: a request must not meet that. */
const MARGIN_MS = 1000;

/** What one read brings at most. */
const READ_BYTES = 65_536;

/** Who waits for a connection. */
export type Taker = (connection: UpstreamConnection) => void;

interface Origin {
  readonly open: Set<UpstreamConnection>;
  /** In the order in which they became so. */
  idle: UpstreamConnection[];
  readonly waiting: Taker[];
  session: Buffer | undefined;
}

/** Keeps connections open between calls, and knows which of them can no longer be trusted. */
export class UpstreamConnections {
  readonly #clock: Clock;
  readonly #maxConnections: number;
  readonly #tunnels: ProxyTunnels | undefined;
  readonly #origins = new Map<string, Origin>();
  readonly #deadEnds = new WeakSet<object>();
  /** Of all connections: what is read is copied before anything else is. */
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);

  /**
   * @param maxConnections calls at the same time; others wait
   * @param tunnels the way through a proxy, for the origins to which they lead
   */
  constructor(clock: Clock, maxConnections = 50, tunnels?: ProxyTunnels) {
    this.#clock = clock;
    this.#maxConnections = maxConnections;
    this.#tunnels = tunnels;
  }

  /** Gives `take` a connection to the origin of `url`, at once if there may be one. Returns what makes it wait no longer. */
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
   * Closes connections that were idle for more than five seconds of wall clock, or for as long as the other side keeps them,
   * or since a time that is yet to come.
   */
  closeStale(): void {
    const now = this.#clock.now();
    this.#closeIdle(({ idleSinceMs, keptForMs }) => {
      const idleMs = now - idleSinceMs;
      return idleMs < 0 || idleMs > Math.min(MAX_IDLE_MS, keptForMs - MARGIN_MS);
    });
  }

  /** Closes all connections that are idle. */
  closeIdle(): void {
    this.#closeIdle(() => true);
  }

  /** Closes all connections, those in use included. */
  close(): void {
    for (const { open } of this.#origins.values()) {
      // Who waits gets the place of one that is closed.
      while (open.size > 0) {
        for (const connection of [...open]) connection.fail(new Error('all connections are closed'));
      }
    }
  }

  /** Remembers why a request got no answer over `connection`. */
  failed(connection: UpstreamConnection, error: Error): void {
    if (connection.isDeadEnd(error)) this.#deadEnds.add(error);
  }

  /** Whether `error` says that a connection which had served before turned out to be dead. */
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
      for (const connection of idle.filter(choose)) connection.fail(new Error('it was idle for too long'));
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
          // What came unasked with the answer, to be read next, must not answer who waits.
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
    return (take) => connectPlain({ ...this.#socketOptions(url, 80), onread: this.#onRead(take) });
  }

  #secure(url: URL, origin: Origin): OpenSocket {
    return (take) => {
      const plain = this.#socketOptions(url, 443);
      const secure = {
        ALPNProtocols: ['http/1.1'],
        // By itself it would heed NODE_TLS_REJECT_UNAUTHORIZED.
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

  #socketOptions({ hostname, port }: URL, defaultPort: number) {
    return {
      // Node.js takes an address of IPv6 without its brackets.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? defaultPort : Number(port),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 1000,
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

/** `onread` is not heeded over a socket that is there already. */
const readInto = (socket: TLSSocket, take: (bytes: Buffer) => boolean): void => {
  socket.on('data', (bytes: Buffer) => {
    if (!take(bytes)) socket.pause();
  });
};
