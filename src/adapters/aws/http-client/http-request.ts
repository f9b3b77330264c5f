import { SourceConnectionError, SourceTimeoutError } from '../../../domain/cache/errors.ts';
import { type ClientSignal, NotForwardedError } from '../../../ports/inbound/wire-operations.ts';
import { type BodySource, BodyStream } from './body-stream.ts';
import type { ResponseHead } from './response-reader.ts';

import { explainFailure, placeOf, ResponseTimeoutError } from './transport-error.ts';
import type { ResponseSink, UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamConnections } from './upstream-connections.ts';

export interface HttpRequestOptions {
  readonly url: URL;
  /** The host among them; nothing of the connection, and not the length of the body. */
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  readonly signal: ClientSignal;
  /** An answer whose length is known to be that or less is given whole; default 64 KiB. */
  readonly maxWholeBytes?: number;
}

/** To read as much whole takes less than to pass it on piece by piece. */
const MAX_WHOLE_BYTES = 65_536;

/**
 * Posts `body`, and resolves with the answer: when all of it is there if it is short, otherwise as soon as its head is.
 *
 * @throws {NotForwardedError} if no connection could be made
 * @throws {TransientError} by rejection, with what happened on the wire as its cause
 */
export const sendRequest = (
  request: HttpRequestOptions,
  connections: UpstreamConnections,
): Promise<UpstreamResponse> =>
  new Promise((resolve, reject) => {
    new HttpRequest(request, connections, resolve, reject).begin();
  });

/** One request on its way, and the answer to it. */
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
    const { url, headers, body } = request;
    this.#request = request;
    this.#connections = connections;
    this.#head = requestHead(url.pathname, headers, body.byteLength);
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

  /** The client gave it up. */
  handleEvent(): void {
    const error = new Error('it was given up');
    this.#stopWaiting?.();
    if (this.#connection === undefined) this.failed(error);
    else this.#connection.fail(error);
  }

  given(answer: Omit<UpstreamResponse, 'discard'>): void {
    this.#resolve({
      ...answer,
      discard: () => this.#connection?.fail(new Error('its answer cannot be used')),
    });
  }

  over(): void {
    this.#request.signal.removeEventListener('abort', this);
  }

  /** The error of the domain for what went wrong. */
  failed(error: Error): Error {
    this.over();
    const connection = this.#connection;
    const { url } = this.#request;
    if (connection !== undefined) this.#connections.failed(connection, error);
    const failure = connection?.isConnected === true ? lostContact(error, url) : notForwarded(error, url);
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
    this.#connection?.fail(new Error('nobody wants the rest'));
  }

  #send(connection: UpstreamConnection): void {
    this.#connection = connection;
    const { body, maxWholeBytes = MAX_WHOLE_BYTES } = this.#request;
    connection.ask(this.#head, body, new ResponseAssembler(this, maxWholeBytes));
  }
}

/** The error of the domain for what ended an exchange that had begun. */
export const lostContact = (cause: Error, url: URL): SourceTimeoutError | SourceConnectionError =>
  cause instanceof ResponseTimeoutError
    ? new SourceTimeoutError(`DynamoDB at ${placeOf(url)} did not answer in time`, { cause })
    : new SourceConnectionError(`the connection to DynamoDB was lost: ${explainFailure(cause, url)}`, {
        cause,
      });

/** The same for what kept one from beginning. */
export const notForwarded = (cause: NodeJS.ErrnoException, url: URL): NotForwardedError =>
  new NotForwardedError(`DynamoDB cannot be reached: ${explainFailure(cause, url)}`, { cause });

/** Headers by name and value, in the order in which they are sent. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** What a value must not hold, because it could end the line, or the head. */
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The head of a POST, one character for each byte.
 *
 * @throws {TypeError} if a header cannot be sent
 */
export const requestHead = (path: string, headers: HeaderPairs, bodyBytes: number): string => {
  let head = `POST ${path} HTTP/1.1\r\n`;
  for (const [name, value] of headers) {
    if (NO_VALUE.test(value)) throw new TypeError(`the header ${name} cannot be sent`);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}content-length: ${bodyBytes}\r\nconnection: keep-alive\r\n\r\n`;
};

/** What the other side said. */
export interface UpstreamResponse extends Pick<ResponseHead, 'status' | 'headers'> {
  /** All of it where it is short; otherwise what is yet to come, which throws a `TransientError` if the rest does not come. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Ends the connection over which it came, and what is under way on it. */
  discard(): void;
}

/** Who waits for an answer. */
export interface ResponseTaker extends BodySource {
  given(answer: Omit<UpstreamResponse, 'discard'>): void;
  /** Nothing more of it comes. */
  over(): void;
  /** The same, before it was complete. Makes of what happened the error that readers of a long body are told. */
  failed(error: Error): Error;
  /** No more of the body for now. */
  pause(): void;
}

/** Puts an answer together as it comes. */
export class ResponseAssembler implements ResponseSink {
  readonly #taker: ResponseTaker;
  readonly #maxWholeBytes: number;
  #head: ResponseHead = { status: 0, headers: {}, isOld: false };
  #whole: Buffer = Buffer.alloc(0);
  #filled = 0;
  #pieces: BodyStream | undefined;

  /** @param maxWholeBytes what is no longer than that is given when all of it is there, the rest from its head on */
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

  /** All of it has come. */
  end(): void {
    const { status, headers } = this.#head;
    this.#taker.over();
    if (this.#pieces === undefined) this.#taker.given({ status, headers, body: this.#whole });
    else this.#pieces.end();
  }

  /** The rest will not come. */
  fail(error: Error): void {
    const failure = this.#taker.failed(error);
    this.#pieces?.end(failure);
  }
}
