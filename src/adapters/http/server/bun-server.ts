import type {
  Connection,
  PlainAnswer,
  PlainRequest,
  RequestHandler,
  Server,
} from '../../../ports/inbound/server.ts';
import type { WireAnswer } from '../../../ports/inbound/wire-operations.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import { Connections, type TickSource, timerTicks } from './connections.ts';
import { Http1Connection } from './http1/http1-connection.ts';
import type { Http1Exchange } from './http1/http1-exchange.ts';
import type { ByteSocket } from './http1/socket-writer.ts';
import { isPortTaken, listenOnceFree } from './loopback-port.ts';
import { safeTarget } from './request-head.ts';

export interface BunHttpServerOptions {
  /** 0 selects any free port. */
  readonly port: number;
  /** Connections above this number are accepted and marked as over the limit, far above it closed at once. */
  readonly maxConnections: number;
  /** Limit of the request target and headers together, in bytes. */
  readonly maxHeaderBytes: number;
  /** How long to wait for a port that is in use, in milliseconds; default 1000. */
  readonly takenForMs?: number;
  /** Drives the detection of stalled clients; default: a timer of one second. */
  readonly ticks?: TickSource;
  /** Whether plain GETs are answered before the parser sees them; default true. */
  readonly rawListener?: boolean;
}

type SocketData = Http1Connection | undefined;
type Socket = BunSocket<SocketData>;
/** The answer of the fast path to a request that it has been asked for already. */
type Given = PlainAnswer | Promise<PlainAnswer>;

/**
 * The loopback server on `Bun.listen`. It parses HTTP itself because `Bun.serve` exposes neither the raw request nor the
 * connection.
 */
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

  /** The port in use; before `listen` resolves, the configured one. */
  get port(): number {
    return this.#listeners[0]?.port ?? this.#options.port;
  }

  /** @throws {PortTakenError} if the port is still in use after `takenForMs` */
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
      // Without IPv6, listening fails with various codes and IPv4 suffices. A port that another process holds on ::1
      // is an error: clients that resolve `localhost` to ::1 would reach that process.
      if (!isPortTaken(error)) return [ipv4];
      ipv4.stop(true);
      throw error;
    }
  }

  #listenOn(hostname: string, port: number): BunListener {
    return this.#listenTo<SocketData>({
      hostname,
      port,
      allowHalfOpen: true,
      socket: {
        open: (socket) => this.#accept(socket),
        data: (socket, bytes) => socket.data?.received(bytes),
        drain: (socket) => socket.data?.drained(),
        end: (socket) => socket.data?.ended(),
        close: (socket) => {
          this.#connections.remove(socket);
          socket.data?.closed();
        },
        // Bun calls `close` after it.
        error: () => undefined,
      },
    });
  }

  #accept(socket: Socket): void {
    const { maxHeaderBytes, rawListener = true } = this.#options;
    const serve = (exchange: Http1Exchange, connection: Http1Connection, given?: Given) => {
      if (this.#handler === undefined) this.#waiting.push([exchange, connection, socket]);
      else this.#serve(this.#handler, exchange, connection, socket, given);
    };
    const answerPlainGet = (request: PlainRequest) =>
      this.#handler?.fastPath?.(request, this.#connections.limitOf(socket));
    socket.data = this.#connections.admit(
      socket,
      () =>
        new Http1Connection(socket, { maxHeaderBytes, serve, ...(rawListener ? { answerPlainGet } : {}) }),
    );
    if (socket.data === undefined) socket.terminate();
  }

  #serve(
    handler: RequestHandler,
    exchange: Http1Exchange,
    connection: Http1Connection,
    socket: Socket,
    given?: Given,
  ): void {
    const limit = this.#connections.limitOf(socket);
    const answer =
      given ??
      handler.fastPath?.(exchange, limit) ??
      handler.rawHandler?.(exchange, limit) ??
      answerLoaded(handler, exchange, limit);
    const written =
      'then' in answer
        ? answer.then((settled) => connection.answer(exchange, settled))
        : connection.answer(exchange, answer);
    written.catch((error: unknown) => {
      this.#log('a response was cut off before its end', error);
      connection.destroy();
    });
  }

  #log(message: string, error: unknown): void {
    this.#logger?.error(message, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Calls the routes, or the raw handler if it had to be loaded: no other handler gets the body. */
const answerLoaded = async (
  handler: RequestHandler,
  exchange: Http1Exchange,
  limit: Connection,
): Promise<WireAnswer> => {
  const loading = handler.loadFastPath?.();
  if (loading !== undefined) {
    await loading;
    const answer = handler.rawHandler?.(exchange, limit);
    if (answer !== undefined) return answer;
  }
  return answerByWeb(handler, exchange, limit);
};

/** Calls the routes, which use web-standard objects. */
const answerByWeb = async (
  handler: RequestHandler,
  exchange: Http1Exchange,
  limit: Connection,
): Promise<WireAnswer> => {
  const response = await handler(webRequest(exchange), limit);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    // These routes never stream: SDK operations are answered by the raw handler.
    body: new Uint8Array(await response.arrayBuffer()),
  };
};

/** The request without its body: no route of the router reads one. */
const webRequest = (exchange: Http1Exchange): Request => {
  const headers = new Headers();
  for (let index = 0; index < exchange.headers.length; index += 2) {
    headers.append(exchange.headers[index] ?? '', exchange.headers[index + 1] ?? '');
  }
  const target = safeTarget(exchange.target, exchange.header('host'));
  const url = target.startsWith('/') ? `http://${exchange.header('host')}${target}` : withoutUser(target);
  const aborted = new AbortController();
  exchange.signal.addEventListener('abort', { handleEvent: () => aborted.abort() });
  // `Request` does not accept these methods. Every route rejects them in the same way as OPTIONS.
  const method = /^(?:TRACE|CONNECT)$/.test(exchange.method) ? 'OPTIONS' : exchange.method;
  return new Request(url, { method, headers, signal: aborted.signal });
};

/** `Request` does not accept a URL with user information. The replacement is rejected for its host, as the URL would be. */
const withoutUser = (url: string): string =>
  /^[a-z]+:\/\/[^/?]*@/i.test(url) ? 'http://nowhere.invalid/' : url;

/** A connection of Bun with the data that the server attaches to it. */
export interface BunSocket<Data> extends ByteSocket {
  data: Data;
}

/** The callbacks for the connections of one listener. */
interface BunSocketHandler<Data> {
  open(socket: BunSocket<Data>): void;
  data(socket: BunSocket<Data>, bytes: Buffer): void;
  drain(socket: BunSocket<Data>): void;
  /** The client has closed its side of the connection. */
  end(socket: BunSocket<Data>): void;
  close(socket: BunSocket<Data>): void;
  error(socket: BunSocket<Data>, error: unknown): void;
}

/** The options of `Bun.listen` that this project uses. */
export interface BunListenOptions<Data> {
  readonly hostname: string;
  readonly port: number;
  /** Whether the server's side stays open when the client closes its own. */
  readonly allowHalfOpen: boolean;
  readonly socket: BunSocketHandler<Data>;
}

/** The part of Bun's listener that this project uses. */
interface BunListener {
  readonly port: number;
  /** Stops accepting connections; with `true`, also closes the open ones. */
  stop(closesConnections: boolean): void;
}

/** `Bun.listen`. Throws an error with the code `EADDRINUSE` if the port is in use. */
export type BunListen = <Data>(options: BunListenOptions<Data>) => BunListener;
