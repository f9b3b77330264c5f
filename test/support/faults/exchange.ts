import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

/** A request for DynamoDB as it came to the proxy. */
export interface ProxiedRequest {
  /** Without the version, for example `GetItem`. */
  readonly operation: string;
  /** The keys that are asked for: of each the values, joined by `@@`, in the order in which they were sent. */
  readonly keys: readonly string[];
  /** The body as JSON says it. */
  readonly input: unknown;
  readonly headers: IncomingHttpHeaders;
  /** On the monotonic clock of this process. */
  readonly arrivedAtMs: number;
}

/** An answer of DynamoDB, complete. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** A request that waits for its answer, and what a fault may do about it. */
export interface Exchange {
  readonly request: ProxiedRequest;
  readonly response: ServerResponse;
  /** Asks DynamoDB. */
  forward(): Promise<UpstreamAnswer>;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
}

/** What becomes of a request on its way. A fault that does nothing leaves the client waiting. */
export type Fault = (exchange: Exchange) => void | Promise<void>;
