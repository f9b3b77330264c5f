import { CacheError, TransientError } from '../../domain/cache/errors.ts';

/** Set on operations that an extension forwards. An operation that arrives with it was forwarded to its own sender. */
export const HOP_HEADER = 'x-dynamodb-cache-forwarded';

/** The headers of a request. Names are case-insensitive. */
export interface WireHeaders {
  get(name: string): string | null;
  has(name: string): boolean;
  /** Calls `visit` with each value and its name in lower case. */
  forEach(visit: (value: string, name: string) => void): void;
}

/** One operation before its body is read, so that a rejected caller cannot fill memory. */
export interface IncomingOperation extends Omit<WireRequest, 'body'> {
  /**
   * Reads the whole body. Rejects with a `CacheError` if it is too large, if too many bodies are being read, or if the client
   * disconnects.
   */
  read(): Promise<Uint8Array>;
}

/** One operation, unchanged and not parsed. */
export interface WireRequest {
  /** The name of the operation, such as `GetItem`. It may be unknown to the extension. */
  readonly operation: string;
  /** All headers that the client sent, including those of the connection and the signature. */
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
  /** Aborted when the client disconnects. It may be a lazy getter that object spread does not copy. */
  readonly signal: ClientSignal;
}

/** The answer that the client gets to an operation. It may be a refusal by the origin. */
export interface WireAnswer {
  readonly status: number;
  /** By name in lower case. Without the headers of the connection. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The whole body, or a stream of it. The stream can be read once, and throws a `TransientError` if the rest of the body
   * does not arrive.
   */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Closes the upstream connection, for an answer that does not belong to the request. Absent if there is no connection. */
  readonly discard?: () => void;
}

/** Inbound: executes operations of clients that use the origin's own protocol. */
export interface WireOperations {
  /** @throws {CacheError} by rejection, if neither the cache nor the origin answers */
  execute(operation: IncomingOperation): Promise<WireAnswer>;
}

/** DynamoDB's error types for a rejected caller or operation. All have status 400. */
export type RefusalType =
  | 'AccessDeniedException'
  | 'IncompleteSignatureException'
  | 'InvalidSignatureException'
  | 'MissingAuthenticationTokenException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException';

/** The extension rejects the operation and does not forward it. Clients get an error in DynamoDB's format. */
export class OperationRefusedError extends CacheError {
  readonly code = 'operation_refused';
  readonly category = 'forbidden';
  readonly type: RefusalType;

  /** @param message must not contain credentials or key values */
  constructor(type: RefusalType, message: string) {
    super(message);
    this.type = type;
  }
}

/** The operation was not sent to DynamoDB, because no connection or no credentials were available. */
export class NotForwardedError extends TransientError {
  readonly code = 'upstream_unavailable';
  readonly category = 'unavailable';
  override readonly lostContact = true;
}

/** Signals that a client disconnected. A subset of `AbortSignal`, because creating a full `AbortSignal` is slow. */
export interface ClientSignal {
  readonly aborted: boolean;
  /** Calls the listener on the event; never for an earlier event. */
  addEventListener(type: 'abort', listener: AbortListener): void;
  removeEventListener(type: 'abort', listener: AbortListener): void;
}

/** Is notified when a client disconnects. */
export interface AbortListener {
  handleEvent(): void;
}
