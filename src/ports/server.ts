import type { Logger } from './logger.ts';

/** What the server knows of the connection that a request came by. */
export interface Connection {
  /** Whether there are more connections than are allowed, and this one is among those too many. */
  readonly overLimit: boolean;
}

/** Answers one request. Never rejects. */
export type RequestHandler = (request: Request, connection: Connection) => Response | Promise<Response>;

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
