import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createNetServer,
  type Server as NetServer,
  Socket,
  type SocketConstructorOpts,
} from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connection, PlainAnswer, RequestHandler, Server } from '../../../ports/inbound/server.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import { correctDateOnWrite, correctedDate } from './answer-head.ts';
import { ClientConnection, Connections, type TickSource, timerTicks } from './connections.ts';
import { LoopbackListeners } from './loopback-port.ts';
import { keepTicksFast } from './next-tick-workaround.ts';
import { NodeExchange } from './node-exchange.ts';
import { type OnRead, RawConnection, ServedHandler } from './raw/raw-listener.ts';
import { safeTarget } from './request-head.ts';

export interface NodeHttpServerOptions {
  /** 0 selects any free port. */
  readonly port: number;
  /** Connections above this number are accepted and marked as over the limit, far above it closed at once. */
  readonly maxConnections: number;
  /** Limit of the request line and headers together, in bytes. */
  readonly maxHeaderBytes: number;
  /** How long to wait for a port that is in use, in milliseconds; default 1000. */
  readonly takenForMs?: number;
  /** Drives the detection of stalled clients; default: a timer of one second. */
  readonly ticks?: TickSource;
  /** Whether plain GETs are answered without `node:http`, as long as a connection sends nothing else; default true. */
  readonly rawListener?: boolean;
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Those of a `node:http` server. Paused, because a connection is read only by its last owner. */
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };

// Time-outs also elapse while the process is frozen: the first request after a thaw would find its connection closed.
const NO_TIMEOUTS = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

/** The loopback server on `node:http`. */
export class NodeHttpServer implements Server {
  readonly #options: NodeHttpServerOptions;
  readonly #connections: Connections<Duplex, ClientConnection>;
  readonly #listeners: LoopbackListeners;
  /** Accept the connections: one for IPv4, one for IPv6. */
  readonly #acceptors: readonly NetServer[];
  /** Never listens: it receives connections from the acceptors and the raw listener. */
  readonly #http: HttpServer;
  readonly #waiting: Parameters<Listener>[] = [];
  readonly #served = new ServedHandler();
  /** Converts requests to web-standard objects; loaded with the first request that needs them. */
  #listener: Listener | undefined;
  #loading: Promise<void> | undefined;
  #port: number;
  #listening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #logger: Logger | undefined;
  #stopTicks: (() => void) | undefined;

  constructor(options: NodeHttpServerOptions) {
    keepTicksFast();
    const accept = (socket: Socket) => this.#accept(socket);
    const ipv4 = createNetServer(SOCKET_OPTIONS, accept);
    const ipv6 = createNetServer(SOCKET_OPTIONS, accept);
    this.#options = options;
    this.#port = options.port;
    this.#connections = new Connections(options.maxConnections);
    this.#listeners = new LoopbackListeners(ipv4, ipv6);
    this.#acceptors = [ipv4, ipv6];
    this.#http = this.#createHttpServer(options.maxHeaderBytes);
  }

  /** The port in use; before `listen` resolves, the configured one. */
  get port(): number {
    return this.#port;
  }

  /** @throws {PortTakenError} if the port is still in use after `takenForMs` */
  listen(): Promise<void> {
    this.#listening ??= this.#listen();
    return this.#listening;
  }

  async serve(handler: RequestHandler, logger?: Logger): Promise<void> {
    this.#served.give(handler);
    this.#logger = logger;
    if (this.#waiting.length > 0) await this.warmUp();
  }

  /** Loads the converter to web-standard objects: a third of all code that is loaded. */
  async warmUp(): Promise<void> {
    if (this.#served.handler === undefined || this.#listener !== undefined) return;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #load(): Promise<void> {
    const loaded = await import('@hono/node-server').catch((error: unknown) => {
      // The next request retries the import.
      this.#log(
        'the HTTP request converter could not be loaded: the waiting requests were closed, the next one retries',
        error,
      );
      for (const [, outgoing] of this.#waiting.splice(0)) outgoing.destroy();
    });
    if (loaded === undefined) return;
    const listener = loaded.getRequestListener((request, { incoming }) =>
      this.#handle(request, this.#connections.limitOf(incoming.socket)),
    );
    this.#listener = (incoming, outgoing) => {
      listener(incoming, outgoing).catch((error: unknown) => {
        this.#log('a response could not be written', error);
        outgoing.destroy();
      });
    };
    for (const [incoming, outgoing] of this.#waiting.splice(0)) {
      if (!incoming.socket.destroyed) this.#listener(incoming, outgoing);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #listen(): Promise<void> {
    const { port, takenForMs = 1000, ticks = timerTicks } = this.#options;
    this.#port = await this.#listeners.listen(port, takenForMs);
    if (this.#closing !== undefined) return;
    for (const server of this.#acceptors) {
      // For example, no file descriptor is left. Without a listener the error would end the process.
      server.on('error', (error) => this.#log('the server could not accept a connection', error));
    }
    this.#stopTicks = ticks(() => this.#connections.tick());
  }

  async #close(): Promise<void> {
    this.#stopTicks?.();
    const closed = this.#listeners.close();
    this.#waiting.length = 0;
    this.#connections.destroyAll();
    await closed;
  }

  #createHttpServer(maxHeaderSize: number): HttpServer {
    // The guards reject a missing Host, and must see all headers: a maximum count would drop some.
    const server = createServer({ ...NO_TIMEOUTS, maxHeaderSize, requireHostHeader: false });
    server.maxHeadersCount = 0;
    server.on('request', (incoming, outgoing) => this.#receive(incoming, outgoing));
    server.on('connect', (_incoming, socket) => this.#reject(socket, '405 Method Not Allowed'));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
      this.#reject(socket, isTooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request');
    });
    return server;
  }

  #accept(accepted: AcceptedSocket): void {
    const handle = this.#options.rawListener === false ? undefined : accepted._handle;
    if (handle !== undefined && handle !== null) this.#receiveRaw(accepted, handle);
    else if (this.#admit(accepted) !== undefined) this.#passToHttp(accepted);
  }

  #receiveRaw(accepted: AcceptedSocket, handle: object): void {
    accepted._handle = null;
    accepted.destroy();
    const raw = new RawConnection((onread) => socketOn(handle, onread), {
      maxHeaderBytes: this.#options.maxHeaderBytes,
      served: this.#served,
      connections: this.#connections,
      handOver: (unanswered) => {
        connection?.handedOver(unanswered.length);
        raw.socket.pause();
        raw.socket.unshift(unanswered);
        this.#passToHttp(raw.socket);
      },
      onFailure: (error) => this.#log('a response was cut off before its end', error),
    });
    const connection = this.#admit(raw.socket);
    connection?.takenRaw();
  }

  /** Returns undefined if the connection had to be closed. */
  #admit(socket: Socket): ClientConnection | undefined {
    // The parser removes its own listener from connections that it rejects.
    socket.on('error', () => undefined);
    const connection =
      this.#closing === undefined
        ? this.#connections.admit(socket, () => new ClientConnection(socket))
        : undefined;
    if (connection === undefined) socket.destroy();
    else socket.once('close', () => this.#connections.remove(socket));
    return connection;
  }

  /** The socket must be paused: nothing may be emitted before `node:http` listens. */
  #passToHttp(socket: Socket): void {
    this.#http.emit('connection', socket);
    socket.resume();
  }

  #receive(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const connection = this.#connections.of(incoming.socket);
    connection?.requestBegan(incoming, outgoing);
    if (outgoing.socket === null) this.#answerInTurn(incoming, outgoing);
    else this.#answer(incoming, outgoing);
    if (!outgoing.writableEnded) connection?.answerPending(outgoing);
  }

  /**
   * Answers a pipelined request once all earlier responses of its connection are sent: `node:http` gives the socket to its
   * response then. Otherwise the responses to a client that does not read them would fill the memory.
   */
  #answerInTurn(incoming: IncomingMessage, outgoing: ServerResponse): void {
    // Deferred, because `node:http` flushes the response after this event.
    outgoing.once('socket', (socket: Socket) =>
      process.nextTick(() => {
        if (socket.writable) this.#answer(incoming, outgoing);
      }),
    );
  }

  #answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const isAnswered =
      incoming.method === 'GET'
        ? this.#answersFast(incoming, outgoing)
        : incoming.method === 'POST' && this.#answersRaw(incoming, outgoing);
    if (isAnswered) return;
    correctDateOnWrite(outgoing);
    incoming.url = safeTarget(incoming.url ?? '/', incoming.headers.host);
    if (this.#listener === undefined) {
      this.#waiting.push([incoming, outgoing]);
      void this.warmUp();
    } else this.#listener(incoming, outgoing);
  }

  /** Returns whether the fast path of the handler answers the request. */
  #answersFast(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    const { url: target = '', rawHeaders: headers } = incoming;
    const limit = this.#connections.limitOf(incoming.socket);
    const answer = this.#served.handler?.fastPath?.({ method: 'GET', target, headers }, limit);
    if (answer === undefined) return false;
    if ('then' in answer) void answer.then((given) => this.#write(outgoing, given));
    else this.#write(outgoing, answer);
    return true;
  }

  /** Never throws: a header that cannot be sent ends the connection, so that the client does not wait. */
  #write(outgoing: ServerResponse, { status, headers, body }: PlainAnswer): void {
    const date = correctedDate();
    try {
      outgoing.writeHead(status, date === undefined ? headers : { ...headers, date }).end(body);
    } catch (error) {
      this.#abort(outgoing, error);
    }
  }

  /** Returns whether the raw handler answers the request. */
  #answersRaw(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
    const exchange = new NodeExchange(incoming, outgoing);
    const answer = this.#served.handler?.rawHandler?.(exchange, this.#connections.limitOf(incoming.socket));
    if (answer === undefined) return false;
    answer.then((given) => exchange.write(given)).catch((error: unknown) => this.#abort(outgoing, error));
    return true;
  }

  /** Requests wait until a handler is set, so that the 503 is never sent. */
  #handle(request: Request, connection: Connection): Response | Promise<Response> {
    return this.#served.handler?.(request, connection) ?? new Response(null, { status: 503 });
  }

  #reject(socket: Duplex, status: string): void {
    const connection = this.#connections.of(socket);
    if (connection === undefined) socket.destroy();
    else connection.reject(status);
  }

  #abort(outgoing: ServerResponse, error: unknown): void {
    this.#log('a response was cut off before its end', error);
    outgoing.destroy();
  }

  #log(message: string, error: unknown): void {
    this.#logger?.error(message, { error: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * The undocumented handle of a connection, by which `net` and `cluster` themselves move connections. Where it is missing,
 * `node:http` takes the connection.
 */
interface AcceptedSocket extends Socket {
  _handle?: object | null;
}

/**
 * A socket that is read into one buffer, which Node.js offers only for outgoing connections. An accepted socket allocates
 * 64 KiB for each read, which takes a fifth of the processor time of a hit.
 */
const socketOn = (handle: object, onread: OnRead): Socket => {
  const options = { handle, allowHalfOpen: true, onread };
  return new Socket(options as SocketConstructorOpts).resume();
};
