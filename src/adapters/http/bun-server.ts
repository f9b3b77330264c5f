import type { Logger } from '../../ports/logger.ts';
import type { Connection, RequestHandler, Server } from '../../ports/server.ts';
import type { BunListener, BunServe } from './bun-serve.ts';
import { httpDate } from './http-date.ts';
import { plainRequest } from './plain-request.ts';
import { isTaken, listenOnceFree } from './taken-port.ts';

export interface BunHttpServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Requests under way beyond it are marked as over the limit: Bun tells of no connection that asks nothing. */
  readonly maxConnections: number;
  /** How long to wait for a port that is taken; default 1000. */
  readonly takenForMs?: number;
}

/** More than any operation of DynamoDB is long; what is longer than those by less is let in, to be refused with a reason. */
const MAX_BODY_BYTES = 18 * 1024 * 1024;

const WITHIN_LIMIT: Connection = { overLimit: false };
const OVER_LIMIT: Connection = { overLimit: true };

/** The loopback server of Bun, which takes and gives web-standard objects itself. */
export class BunHttpServer implements Server {
  readonly #options: BunHttpServerOptions;
  readonly #serve: BunServe;
  readonly #serving: Promise<void>;
  #beginServing: () => void = () => undefined;
  #handler: RequestHandler | undefined;
  #logger: Logger | undefined;
  #listeners: readonly BunListener[] = [];
  #listening: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: BunHttpServerOptions, serve: BunServe) {
    this.#options = options;
    this.#serve = serve;
    this.#serving = new Promise((resolve) => {
      this.#beginServing = resolve;
    });
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
    this.#beginServing();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#listeners.map((listener) => listener.stop(true)));
  }

  async #listen(): Promise<void> {
    const { port, takenForMs = 1000 } = this.#options;
    await listenOnceFree(
      port,
      takenForMs,
      () => this.#isClosed,
      () => {
        this.#listeners = this.#listenOnce(port);
      },
    );
  }

  #listenOnce(port: number): readonly BunListener[] {
    const ipv4 = this.#listenOn('127.0.0.1', port);
    try {
      return [ipv4, this.#listenOn('::1', ipv4.port)];
    } catch (error) {
      // A machine without IPv6 refuses in several ways. A stranger on ::1 is another matter:
      // whoever says `localhost` might meet it.
      if (!isTaken(error)) return [ipv4];
      void ipv4.stop(true);
      throw error;
    }
  }

  #listenOn(hostname: string, port: number): BunListener {
    return this.#serve({
      hostname,
      port,
      // A freeze outlasts any timer, and the next request would meet a connection that it closed.
      idleTimeout: 0,
      maxRequestBodySize: MAX_BODY_BYTES,
      development: false,
      fetch: (request) => this.#answer(request),
      error: (error) => this.#failure(error),
    });
  }

  #answer(request: Request): Response | Promise<Response> {
    const handler = this.#handler;
    if (handler !== undefined) {
      const connection = this.#connection();
      return shortAnswer(handler, request, connection) ?? dated(handler(withWholeUrl(request), connection));
    }
    return this.#serving.then(() => this.#answer(request));
  }

  #connection(): Connection {
    const pending = this.#listeners.reduce((sum, { pendingRequests }) => sum + pendingRequests, 0);
    return pending > this.#options.maxConnections ? OVER_LIMIT : WITHIN_LIMIT;
  }

  #failure(error: unknown): Response {
    const reason = error instanceof Error ? error.message : String(error);
    this.#logger?.error('an answer could not be given', { error: reason });
    return new Response(null, { status: 500, headers: { date: httpDate() } });
  }
}

const shortAnswer = (
  { shortcut }: RequestHandler,
  request: Request,
  connection: Connection,
): Response | undefined => {
  const plain = shortcut && plainRequest(request);
  const answer = plain && shortcut(plain, connection);
  return answer && new Response(answer.body, { headers: { ...answer.headers, date: httpDate() } });
};

/** Gives the answer its `Date` when it is there: Bun's own may be old after a freeze, and is absent from answers to HEAD. */
const dated = (answer: Response | Promise<Response>): Response | Promise<Response> => {
  if (answer instanceof Promise) return answer.then(dated);
  answer.headers.set('date', httpDate());
  return answer;
};

/** Of a Host that can stand in no URL, Bun makes a URL that is none; what such a Host may be is for a guard to say. */
const withWholeUrl = (request: Request): Request =>
  request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request;
