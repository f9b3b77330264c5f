import type { Logger } from '../outbound/logger.ts';
import type { ClientSignal, WireAnswer } from './wire-operations.ts';

/** What the server knows of the connection that a request came by. */
export interface Connection {
  /** Whether there are more connections than are allowed, and this one is among those too many. */
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

/** An answer of status 200 whose headers name the length of its body. */
export interface PlainAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers at once, and as the handler would, what it can answer so; `undefined`, with nothing done, for all else. Never throws. */
export type Shortcut = (request: PlainRequest, connection: Connection) => PlainAnswer | undefined;

/** How much of memory the body of one request may take. */
export interface BodyAllowance {
  /** Of the whole body. */
  readonly maxBytes: number;
  /**
   * Counts bytes that are about to be kept.
   *
   * @throws {CacheError} if there is no room for them beside the bodies of other requests
   */
  take(bytes: number): void;
}

/** A request with a body, as it is being sent. */
export interface OpenRequest extends PlainRequest {
  /** Aborted when the client is gone before it was answered. */
  readonly signal: ClientSignal;
  /**
   * The whole body; `undefined`, and the rest is thrown away, if it is longer than it may be. Rejects if there is no room for
   * it, with the rest thrown away, and if the client goes away.
   */
  read(allowance: BodyAllowance): Promise<Uint8Array | undefined>;
}

/** Answers as the handler would, but without web-standard objects; `undefined`, with nothing read, for what it leaves to it. Never rejects. */
export type RawHandler = (request: OpenRequest, connection: Connection) => Promise<WireAnswer> | undefined;

/** Answers one request. Never rejects. */
export interface RequestHandler {
  (request: Request, connection: Connection): Response | Promise<Response>;
  /** For a server that can spare itself the making of a `Request`; it need not ask. */
  readonly shortcut?: Shortcut;
  /** The same for what has a body, and for answers of any length. */
  readonly passage?: RawHandler;
}

/** The loopback server. It accepts connections before there is a handler; their requests wait for it. */
export interface Server {
  /** Accepts connections from now on. */
  listen(): Promise<void>;
  /** Gives requests, those that wait included, to `handler`; resolves when it does. What goes wrong from now on is told to `logger`. */
  serve(handler: RequestHandler, logger?: Logger): Promise<void>;
  /** Loads what has been put off, so that the first request need not wait for it. Absent where there is nothing. */
  warmUp?(): Promise<void>;
  /** Accepts nothing any more and ends what is open, answered or not. */
  close(): Promise<void>;
}
