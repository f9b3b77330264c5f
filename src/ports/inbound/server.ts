import type { Logger } from '../outbound/logger.ts';
import type { ClientSignal, WireAnswer } from './wire-operations.ts';

/** What a handler learns of the connection of a request. */
export interface Connection {
  /** Whether the connection limit is exceeded and this connection is over it. */
  readonly overLimit: boolean;
}

/** A request without a body, as it was sent: nothing is decoded. */
export interface PlainRequest {
  readonly method: string;
  /** Path and query, or whatever else was sent in their place. */
  readonly target: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** A response with its whole body, whose headers state the length of it. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers a request without web-standard objects, as the handler would; `undefined`, with nothing done, for requests that it leaves to the handler. Never throws or rejects. */
export type FastPath = (
  request: PlainRequest,
  connection: Connection,
) => PlainAnswer | Promise<PlainAnswer> | undefined;

/** How much memory the body of one request may take. */
export interface BodyAllowance {
  /** Bytes of the whole body. */
  readonly maxBytes: number;
  /**
   * Counts bytes that are about to be kept.
   *
   * @throws {CacheError} if there is no room for them beside the bodies of other requests
   */
  take(bytes: number): void;
}

/** A request whose body is still being sent. */
export interface OpenRequest extends PlainRequest {
  /** Aborted when the client disconnects before it was answered. */
  readonly signal: ClientSignal;
  /**
   * The whole body. `undefined`, with the rest discarded, if it is longer than allowed. Rejects if there is no room for it,
   * with the rest discarded, and if the client disconnects.
   */
  read(allowance: BodyAllowance): Promise<Uint8Array | undefined>;
}

/** The same as a `FastPath`, for requests with a body and responses of any length. */
export type RawHandler = (request: OpenRequest, connection: Connection) => Promise<WireAnswer> | undefined;

/** Answers one request. Never rejects. */
export interface RequestHandler {
  (request: Request, connection: Connection): Response | Promise<Response>;
  /** For a server that can avoid making a `Request`; it need not use it. */
  readonly fastPath?: FastPath;
  /** Loads the fast path and the raw handler: until then, they answer nothing. Returns undefined once it is loaded; absent if it always is. */
  readonly loadFastPath?: () => Promise<unknown> | undefined;
  readonly rawHandler?: RawHandler;
}

/** The loopback server. It accepts connections before it has a handler; their requests wait for one. */
export interface Server {
  /** Accepts connections from now on. */
  listen(): Promise<void>;
  /** Passes requests to `handler`, waiting ones included, in place of an earlier handler. Failures are logged to `logger`. */
  serve(handler: RequestHandler, logger?: Logger): Promise<void>;
  /** Loads parts that were deferred, so that the first request does not wait for them. Absent if no part is deferred. */
  warmUp?(): Promise<void>;
  /** Stops accepting, and closes all connections, answered or not. */
  close(): Promise<void>;
}
