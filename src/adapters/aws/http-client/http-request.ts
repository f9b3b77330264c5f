import { SourceConnectionError, SourceTimeoutError } from '../../../domain/cache/errors.ts';
import { type ClientSignal, NotForwardedError } from '../../../ports/inbound/wire-operations.ts';
import { ResponseAssembler, type UpstreamResponse } from './response-assembler.ts';
import { explainFailure, placeOf, ResponseTimeoutError } from './transport-error.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
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
