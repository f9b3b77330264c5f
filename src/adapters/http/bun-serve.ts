/** What is used of a server that Bun runs. */
export interface BunListener {
  readonly port: number;
  /** Requests that are under way, on all of its connections. */
  readonly pendingRequests: number;
  /** Accepts nothing any more; with `true`, ends what is open as well. */
  stop(closesConnections: boolean): Promise<void>;
}

/** What Bun is told of a server. */
export interface BunServeOptions {
  readonly hostname: string;
  readonly port: number;
  /** Seconds; 0 for never. */
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  readonly development: boolean;
  fetch(request: Request): Response | Promise<Response>;
  error(error: unknown): Response;
}

/** `Bun.serve`. Throws where the port is taken, with the code `EADDRINUSE`. */
export type BunServe = (options: BunServeOptions) => BunListener;
