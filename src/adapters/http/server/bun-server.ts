import type { Connection, RequestHandler, Server } from '../../../ports/inbound/server.ts';
import type { WireAnswer } from '../../../ports/inbound/wire-operations.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import type { BunListen, BunListener, BunSocket } from './bun-listen.ts';
import { Connections, type TickSource, timerTicks } from './connections.ts';
import { Http1Connection } from './http1/http1-connection.ts';
import type { Http1Exchange } from './http1/http1-exchange.ts';
import { isTaken, listenOnceFree } from './port-taken-error.ts';
import { safeTarget } from './request-target.ts';

export interface BunHttpServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Connections beyond it are let in marked as over the limit, and those far beyond it closed at once. */
  readonly maxConnections: number;
  /** Target and headers of one request together. */
  readonly maxHeaderBytes: number;
  /** How long to wait for a port that is taken; default 1000. */
  readonly takenForMs?: number;
  /** What counts the time of clients that got stuck; default a timer. */
  readonly ticks?: TickSource;
}

type Held = Http1Connection | undefined;
type Socket = BunSocket<Held>;

/** The loopback server on `Bun.listen`, with an HTTP of its own: `Bun.serve` hides what was sent, and who is connected. */
export class BunHttpServer implements Server {
  readonly #options: BunHttpServerOptions;
  readonly #listenTo: BunListen;
  readonly #connections: Connections<Socket, Http1Connection>;
  readonly #waiting: [exchange: Http1Exchange, connection: Http1Connection, socket: Socket][] = [];
  #handler: RequestHandler | undefined;
  #logger: Logger | undefined;
  #listeners: readonly BunListener[] = [];
  #listening: Promise<void> | undefined;
  #stopTicks: (() => void) | undefined;
  #isClosed = false;

  constructor(options: BunHttpServerOptions, listenTo: BunListen) {
    this.#options = options;
    this.#listenTo = listenTo;
    this.#connections = new Connections(options.maxConnections);
  }

  /** The port that it listens on, once it does. */
  get port(): number {
    return this.#listeners[0]?.port ?? this.#options.port;
  }

  /** @throws {PortTakenError} if the port did not become free in time */
  listen(): Promise<void> {
    this.#listening ??= this.#listen();
    return this.#listening;
  }

  async serve(handler: RequestHandler, logger?: Logger): Promise<void> {
    this.#handler = handler;
    this.#logger = logger;
    for (const [exchange, connection, socket] of this.#waiting.splice(0)) {
      this.#serve(handler, exchange, connection, socket);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTicks?.();
    this.#waiting.length = 0;
    for (const listener of this.#listeners) listener.stop(true);
    this.#connections.destroyAll();
  }

  async #listen(): Promise<void> {
    const { port, takenForMs = 1000, ticks = timerTicks } = this.#options;
    await listenOnceFree(
      port,
      takenForMs,
      () => this.#isClosed,
      () => {
        this.#listeners = this.#listenOnce(port);
      },
    );
    if (!this.#isClosed) this.#stopTicks = ticks(() => this.#connections.tick());
  }

  #listenOnce(port: number): readonly BunListener[] {
    const ipv4 = this.#listenOn('127.0.0.1', port);
    try {
      return [ipv4, this.#listenOn('::1', ipv4.port)];
    } catch (error) {
      // A machine without IPv6 refuses in several ways. A stranger on ::1 is another matter:
      // whoever says `localhost` might meet it.
      if (!isTaken(error)) return [ipv4];
      ipv4.stop(true);
      throw error;
    }
  }

  #listenOn(hostname: string, port: number): BunListener {
    return this.#listenTo<Held>({
      hostname,
      port,
      allowHalfOpen: true,
      socket: {
        open: (socket) => this.#accept(socket),
        data: (socket, bytes) => socket.data?.received(bytes),
        drain: (socket) => socket.data?.drained(),
        end: (socket) => socket.data?.ended(),
        close: (socket) => {
          this.#connections.forget(socket);
          socket.data?.closed();
        },
        // `close` follows.
        error: () => undefined,
      },
    });
  }

  #accept(socket: Socket): void {
    const { maxHeaderBytes } = this.#options;
    const serve = (exchange: Http1Exchange, connection: Http1Connection) => {
      if (this.#handler === undefined) this.#waiting.push([exchange, connection, socket]);
      else this.#serve(this.#handler, exchange, connection, socket);
    };
    socket.data = this.#connections.admit(
      socket,
      () => new Http1Connection(socket, { maxHeaderBytes, serve }),
    );
    if (socket.data === undefined) socket.terminate();
  }

  #serve(
    handler: RequestHandler,
    exchange: Http1Exchange,
    connection: Http1Connection,
    socket: Socket,
  ): void {
    const limit = this.#connections.limitOf(socket);
    const answer =
      handler.fastPath?.(exchange, limit) ??
      handler.rawHandler?.(exchange, limit) ??
      answerByWeb(handler, exchange, limit);
    const written =
      'then' in answer
        ? answer.then((given) => connection.answer(exchange, given))
        : connection.answer(exchange, answer);
    written.catch((error: unknown) => {
      this.#log('an answer broke off', error);
      connection.destroy();
    });
  }

  #log(message: string, error: unknown): void {
    this.#logger?.error(message, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** The answer of the routes, which take and give web-standard objects. */
const answerByWeb = async (
  handler: RequestHandler,
  exchange: Http1Exchange,
  limit: Connection,
): Promise<WireAnswer> => {
  const response = await handler(webRequest(exchange), limit);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    // None of them streams: what SDKs ask goes another way.
    body: new Uint8Array(await response.arrayBuffer()),
  };
};

/** Without its body, which no route takes. */
const webRequest = (exchange: Http1Exchange): Request => {
  const headers = new Headers();
  for (let index = 0; index < exchange.headers.length; index += 2) {
    headers.append(exchange.headers[index] ?? '', exchange.headers[index + 1] ?? '');
  }
  const target = safeTarget(exchange.target, exchange.header('host'));
  const url = target.startsWith('/') ? `http://${exchange.header('host')}${target}` : withoutUser(target);
  const left = new AbortController();
  exchange.signal.addEventListener('abort', { handleEvent: () => left.abort() });
  // Of these, no `Request` can be made; every path refuses them in the way in which it refuses OPTIONS.
  const method = /^(?:TRACE|CONNECT)$/.test(exchange.method) ? 'OPTIONS' : exchange.method;
  return new Request(url, { method, headers, signal: left.signal });
};

/** No `Request` can be made of a URL that names a user; this one is refused for its host, as that would be. */
const withoutUser = (url: string): string =>
  /^[a-z]+:\/\/[^/?]*@/i.test(url) ? 'http://nowhere.invalid/' : url;
