import { SourceConnectionError, SourceTimeoutError } from '../../../domain/cache/errors.ts';
import { type ClientSignal, NotForwardedError } from '../../../ports/inbound/wire-operations.ts';
import { type BodySource, BodyStream } from './body-stream.ts';
import type { ResponseHead } from './response-reader.ts';
import { explainFailure, placeOf, ResponseTimeoutError, type ServiceLabel } from './transport-error.ts';
import type { ResponseSink, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamConnections } from './upstream-connections.ts';

/** The response to HEAD would need other framing. */
export type HttpMethod = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';

export interface HttpRequestOptions {
  /** The server. Path and query come from `target`. */
  readonly url: URL;
  /** Path and query as sent. Default: the path of `url`. */
  readonly target?: string;
  /** Default: POST. */
  readonly method?: HttpMethod;
  /** With `host`, without headers of the connection and without `content-length`. */
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  readonly signal: ClientSignal;
  /** A body of known length up to this limit is returned whole; default 64 KiB. */
  readonly maxWholeBytes?: number | undefined;
}

/** Up to this size, reading a body whole takes less time than passing it on in pieces. */
const MAX_WHOLE_BYTES = 65_536;

/**
 * Sends a request. Resolves with the whole response if it is short, otherwise as soon as its head has arrived.
 *
 * @throws {NotForwardedError} by rejection, if no connection could be made
 * @throws {TransientError} by rejection, if the connection was lost; the cause is the error of the connection
 */
export const sendRequest = (
  request: HttpRequestOptions,
  connections: UpstreamConnections,
): Promise<UpstreamResponse> =>
  new Promise((resolve, reject) => {
    new HttpRequest(request, connections, resolve, reject).begin();
  });

/** One request in progress, and its response. */
class HttpRequest {
  readonly #request: HttpRequestOptions;
  readonly #connections: UpstreamConnections;
  readonly #head: string;
  readonly #resolve: (answer: UpstreamResponse) => void;
  readonly #reject: (error: unknown) => void;
  #connection: UpstreamConnection | undefined;
  #stopWaiting: (() => void) | undefined;

  constructor(
    request: HttpRequestOptions,
    connections: UpstreamConnections,
    resolve: (answer: UpstreamResponse) => void,
    reject: (error: unknown) => void,
  ) {
    const { url, target = url.pathname, method = 'POST', headers, body } = request;
    this.#request = request;
    this.#connections = connections;
    this.#head = requestHead(method, target, headers, body.byteLength);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    const { url, signal } = this.#request;
    if (signal.aborted) {
      this.handleEvent();
      return;
    }
    signal.addEventListener('abort', this);
    this.#stopWaiting = this.#connections.request(url, (connection) => this.#send(connection));
  }

  /** The caller aborted the request. */
  handleEvent(): void {
    const error = new Error('the request was aborted');
    this.#stopWaiting?.();
    if (this.#connection === undefined) this.failed(error);
    else this.#connection.fail(error);
  }

  given(answer: Omit<UpstreamResponse, 'discard'>): void {
    this.#resolve({
      ...answer,
      discard: () => this.#connection?.fail(new Error('the response cannot be used')),
    });
  }

  over(): void {
    this.#request.signal.removeEventListener('abort', this);
  }

  /** Rejects with a domain error for `error`, and returns it. */
  failed(error: Error): Error {
    this.over();
    const connection = this.#connection;
    const { url } = this.#request;
    if (connection !== undefined) this.#connections.failed(connection, error);
    const { label } = this.#connections;
    const failure =
      connection?.isConnected === true
        ? connectionLost(error, url, label)
        : new NotForwardedError(`${label.name} cannot be reached: ${explainFailure(error, url, label)}`, {
            cause: error,
          });
    this.#reject(failure);
    return failure;
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  abandon(): void {
    this.#connection?.fail(new Error('the rest of the body is not needed'));
  }

  #send(connection: UpstreamConnection): void {
    this.#connection = connection;
    const { body, maxWholeBytes = MAX_WHOLE_BYTES } = this.#request;
    connection.ask(this.#head, body, new ResponseAssembler(this, maxWholeBytes));
  }
}

const connectionLost = (
  cause: Error,
  url: URL,
  label: ServiceLabel,
): SourceTimeoutError | SourceConnectionError =>
  cause instanceof ResponseTimeoutError
    ? new SourceTimeoutError(`${label.name} at ${placeOf(url)} did not answer in time`, { cause })
    : new SourceConnectionError(
        `the connection to ${label.name} was lost: ${explainFailure(cause, url, label)}`,
        { cause },
      );

/** Headers by name and value, in the order in which they are sent. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Not in a value: it could end the line or the head. */
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Not in a target: it could end the target. */
const FORBIDDEN_IN_TARGET = /[^\x21-\x7e]/;

/**
 * The head of a request, one character for each byte. A GET or DELETE without a body has no `content-length`.
 *
 * @param target path and query
 * @throws {TypeError} if the target or a header contains a forbidden character
 */
const requestHead = (method: HttpMethod, target: string, headers: HeaderPairs, bodyBytes: number): string => {
  if (FORBIDDEN_IN_TARGET.test(target))
    throw new TypeError('the path or query contains a forbidden character');
  let head = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of headers) {
    if (FORBIDDEN_IN_VALUE.test(value))
      throw new TypeError(`the header ${name} contains a forbidden character`);
    head += `${name}: ${value}\r\n`;
  }
  const hasLength = bodyBytes > 0 || (method !== 'GET' && method !== 'DELETE');
  if (hasLength) head += `content-length: ${bodyBytes}\r\n`;
  return `${head}connection: keep-alive\r\n\r\n`;
};

/** The response of the server. */
export interface UpstreamResponse extends Pick<ResponseHead, 'status' | 'headers'> {
  /** Whole if it is short; otherwise in pieces, which throw a `TransientError` if the connection is lost. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Closes the connection of the response, and fails the request in progress on it. */
  discard(): void;
}

/** Receives a response. */
export interface ResponseTaker extends BodySource {
  given(answer: Omit<UpstreamResponse, 'discard'>): void;
  /** The response is complete. */
  over(): void;
  /** The response broke off. Returns the error for the reader of a long body. */
  failed(error: Error): Error;
  /** Stops reading for now. */
  pause(): void;
}

/** Assembles a response as it arrives. */
export class ResponseAssembler implements ResponseSink {
  readonly #taker: ResponseTaker;
  readonly #maxWholeBytes: number;
  #head: ResponseHead = { status: 0, headers: {}, isOld: false };
  #whole: Buffer = Buffer.alloc(0);
  #filled = 0;
  #pieces: BodyStream | undefined;

  /** @param maxWholeBytes up to this length a body is returned whole, otherwise in pieces */
  constructor(taker: ResponseTaker, maxWholeBytes: number) {
    this.#taker = taker;
    this.#maxWholeBytes = maxWholeBytes;
  }

  head(head: ResponseHead, bytes: number | undefined): void {
    this.#head = head;
    if (bytes !== undefined && bytes <= this.#maxWholeBytes) {
      this.#whole = Buffer.allocUnsafe(bytes);
      return;
    }
    this.#pieces = new BodyStream(this.#taker);
    this.#taker.given({ status: head.status, headers: head.headers, body: this.#pieces });
  }

  piece(piece: Buffer): void {
    if (this.#pieces === undefined) this.#filled += piece.copy(this.#whole, this.#filled);
    else if (!this.#pieces.push(piece)) this.#taker.pause();
  }

  end(): void {
    const { status, headers } = this.#head;
    this.#taker.over();
    if (this.#pieces === undefined) this.#taker.given({ status, headers, body: this.#whole });
    else this.#pieces.end();
  }

  fail(error: Error): void {
    const failure = this.#taker.failed(error);
    this.#pieces?.end(failure);
  }
}
