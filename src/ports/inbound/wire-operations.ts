import { CacheError, TransientError } from '../../domain/cache/errors.ts';

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

/** What DynamoDB calls its refusals of who asks, whatever is asked; all of them have status 400. */
export type RefusalType =
  | 'AccessDeniedException'
  | 'IncompleteSignatureException'
  | 'InvalidSignatureException'
  | 'MissingAuthenticationTokenException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException';

/** The operation is not passed on to DynamoDB; said in the way in which DynamoDB itself refuses. */
export class OperationRefusedError extends CacheError {
  readonly code = 'operation_refused';
  readonly category = 'forbidden';
  readonly type: RefusalType;

  /** @param message for people: no credential, no key value */
  constructor(type: RefusalType, message: string) {
    super(message);
    this.type = type;
  }
}

/** DynamoDB has not seen the operation: no connection, or no credentials to sign it with, were to be had. */
export class NotForwardedError extends TransientError {
  readonly code = 'upstream_unavailable';
  readonly category = 'unavailable';
  override readonly lostContact = true;
}

/** Tells that a client is gone. Every `AbortSignal` is one; to make those takes long, so that who can make less may. */
export interface ClientSignal {
  readonly aborted: boolean;
  /** Calls the listener when it happens, and not if it has happened already. */
  addEventListener(type: 'abort', listener: AbortListener): void;
  removeEventListener(type: 'abort', listener: AbortListener): void;
}

/** Who is told that a client is gone. */
export interface AbortListener {
  handleEvent(): void;
}
