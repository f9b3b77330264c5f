import type { ClientSignal } from './client-signal.ts';
/** The headers of a request; names in any letter case. */
export interface WireHeaders {
  get(name: string): string | null;
  has(name: string): boolean;
  /** Calls `visit` with each value and its name in lower case. */
  forEach(visit: (value: string, name: string) => void): void;
}

/** One operation whose body has not been read yet: nothing of it is kept for a caller that may not ask. */
export interface IncomingOperation {
  /** What the request asks to be done, such as `GetItem`, whether anybody here knows it or not. */
  readonly operation: string;
  readonly headers: WireHeaders;
  /** As that of a `WireRequest`. */
  readonly signal: ClientSignal;
  /** Reads the whole body. Rejects with a `CacheError` if it is too large or too many are being read, or if the client leaves. */
  read(): Promise<Uint8Array>;
}

/** One operation as a client sent it, nothing of it read or changed. */
export interface WireRequest {
  /** What the request asks to be done, such as `GetItem`, whether anybody here knows it or not. */
  readonly operation: string;
  /** As they came, those of the connection and the signature included. */
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
  /** Aborted when the client is gone. It may be made when it is first asked for, and is no part of a copy of the request. */
  readonly signal: ClientSignal;
}

/** The answer to an operation as it goes back to the client, a refusal by the origin included. */
export interface WireAnswer {
  readonly status: number;
  /** By their names in lower case; of the body and its meaning, not of a connection. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * All of it, or what is yet to come; the latter is read once, to its end or until the iterator is returned,
   * and throws a `TransientError` if the rest does not come.
   */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Ends the connection over which the answer came, because it is no answer to the request; absent where there is none. */
  readonly discard?: () => void;
}

/** Inbound: does operations for clients that speak the origin's own protocol. */
export interface WireOperations {
  /**
   * Resolves with the answer.
   *
   * @throws {CacheError} by rejection, where there is no answer of the origin to give
   */
  execute(operation: IncomingOperation): Promise<WireAnswer>;
}
