import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { readBytes } from './exchange.ts';

/** A request as a server received it. */
export interface ReceivedRequest {
  /** Method and target. */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The operation of DynamoDB without its version, for example `GetItem`. */
  readonly operation: string;
}

/** Answers a request, or leaves it without an answer. */
export type ScriptedAnswer = (response: ServerResponse, received: ReceivedRequest) => void;

/** Answers with this status and body. */
export const answering =
  (
    status: number,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): ((response: ServerResponse) => void) =>
  (response) => {
    response
      .writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        ...headers,
      })
      .end(body);
  };

/** Answers with an error in the form of DynamoDB. */
export const failing = (status: number, name: string, message = 'told by the service') =>
  answering(status, JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message }));

/** Closes the connection without an answer. */
export const hangingUp: ScriptedAnswer = (response) => {
  response.destroy();
};

/** Never answers. */
export const silent: ScriptedAnswer = () => undefined;

/** A server that records requests and answers them as a test says, for example in the place of DynamoDB. */
export class ScriptedServer {
  readonly received: ReceivedRequest[] = [];
  /** All connections, the oldest first. */
  readonly sockets: Socket[] = [];
  readonly #server;
  readonly #scheme: 'http' | 'https';
  #answers: readonly ScriptedAnswer[] = [];

  private constructor(tls: { readonly key: string; readonly cert: string } | undefined) {
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void this.#receive(request, response);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    // Clients decide how long connections are idle.
    this.#server.keepAliveTimeout = 0;
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) =>
      this.sockets.push(socket),
    );
  }

  /** Gives one answer after the other, and the last one again and again. By default each is an empty object. */
  static start(...answers: readonly ScriptedAnswer[]): Promise<ScriptedServer> {
    return new ScriptedServer(undefined).#listen(answers);
  }

  static startTls(
    tls: { readonly key: string; readonly cert: string },
    ...answers: readonly ScriptedAnswer[]
  ): Promise<ScriptedServer> {
    return new ScriptedServer(tls).#listen(answers);
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return address.port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `${this.#scheme}://${this.host}`;
  }

  answerWith(...answers: readonly ScriptedAnswer[]): void {
    this.#answers = answers;
  }

  /** Resolves when one more request has been received. */
  async next(): Promise<void> {
    await once(this.#server, 'received');
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #listen(answers: readonly ScriptedAnswer[]): Promise<this> {
    this.answerWith(...answers);
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method, url } = request;
    let body: Buffer;
    try {
      body = await readBytes(request);
    } catch {
      // The client is gone.
      return;
    }
    const operation = String(headers['x-amz-target']).replace(/^.*\./, '');
    const received = { line: `${method} ${url}`, headers, body, operation };
    this.received.push(received);
    const [answer = answering(200, '{}'), ...rest] = this.#answers;
    if (rest.length > 0) this.#answers = rest;
    answer(response, received);
    this.#server.emit('received');
  }
}
