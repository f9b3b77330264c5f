import type { Logger } from '../outbound/logger.ts';
import type { ClientSignal, WireAnswer } from './wire-operations.ts';

/** The connection of a request. */
export interface Connection {
  /** Whether the connection limit is exceeded and this connection is over it. */
  readonly overLimit: boolean;
}

/** A request without its body. Nothing is decoded. */
export interface PlainRequest {
  readonly method: string;
  /** The unchanged request target: usually path and query. */
  readonly target: string;
  /** Names and values, alternating. */
  readonly headers: readonly string[];
}

/** An answer with status 200. Its headers include the length of its body. */
export interface PlainAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers synchronously, exactly like the handler. Returns `undefined`, without side effects, if it cannot. Never throws. */
export type Shortcut = (request: PlainRequest, connection: Connection) => PlainAnswer | undefined;

/** The memory that the body of one request may use. */
export interface BodyAllowance {
  /** The longest body. */
  readonly maxBytes: number;
  /**
   * Reserves bytes before they are buffered.
   *
   * @throws {CacheError} if the bodies of other requests leave no room for them
   */
  take(bytes: number): void;
}

/** A request whose body has not been read. */
export interface OpenRequest extends PlainRequest {
  /** Aborted when the client disconnects before it gets an answer. */
  readonly signal: ClientSignal;
  /**
   * Reads the whole body. Resolves with `undefined` if it is longer than allowed. Rejects if there is no room for it, or if
   * the client disconnects. Discards the rest of a body that it does not return.
   */
  read(allowance: BodyAllowance): Promise<Uint8Array | undefined>;
}

/**
 * Answers like the handler, but without web-standard objects. Returns `undefined`, without reading the body, if it cannot.
 * Never rejects.
 */
export type RawHandler = (request: OpenRequest, connection: Connection) => Promise<WireAnswer> | undefined;

/** Answers one request. Never rejects. */
export interface RequestHandler {
  (request: Request, connection: Connection): Response | Promise<Response>;
  /** Lets a server answer without creating a `Request`. Servers may ignore it. */
  readonly shortcut?: Shortcut;
  /** The same for requests with a body. */
  readonly passage?: RawHandler;
}

/** The loopback server. It accepts connections before it has a handler; their requests wait. */
export interface Server {
  /** Starts to accept connections. */
  listen(): Promise<void>;
  /** Passes all requests, including those that wait, to `handler`, and logs errors to `logger`. */
  serve(handler: RequestHandler, logger?: Logger): Promise<void>;
  /** Loads deferred modules, so that the first request does not wait for them. */
  warmUp?(): Promise<void>;
  /** Stops listening and closes all connections, even those with an unanswered request. */
  close(): Promise<void>;
}
