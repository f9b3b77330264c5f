import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is answered to a request. */
export type CannedAnswer = (response: ServerResponse, request: IncomingMessage) => void;

/** An answer of a status and a body, as DynamoDB gives it. */
export const answering =
  (status: number, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): CannedAnswer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers }).end(body);
  };

/** An error as DynamoDB reports it. */
export const failing = (status: number, name: string, message = 'told by the service'): CannedAnswer =>
  answering(status, JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message }));

/** Ends the connection without an answer. */
export const hangingUp: CannedAnswer = (response) => {
  response.destroy();
};

/** An HTTP server that answers what a test has laid out, request by request; the last answer is given again and again. */
export class CannedServer {
  /** Headers of what was asked. */
  readonly requests: IncomingMessage['headers'][] = [];
  /** Connections that were made, in order. */
  readonly sockets: Socket[] = [];
  readonly #server: Server;
  #answers: readonly CannedAnswer[] = [];

  private constructor() {
    this.#server = createServer((request, response) => this.#handle(request, response));
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket: Socket) => this.sockets.push(socket));
  }

  static async start(...answers: readonly CannedAnswer[]): Promise<CannedServer> {
    const canned = new CannedServer();
    canned.answerWith(...answers);
    canned.#server.listen(0, '127.0.0.1');
    await once(canned.#server, 'listening');
    return canned;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  answerWith(...answers: readonly CannedAnswer[]): void {
    this.#answers = answers;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.headers);
    const [answer, ...rest] = this.#answers;
    if (rest.length > 0) this.#answers = rest;
    // Reading all of it lets the client finish, whatever becomes of its connection.
    request.resume().once('end', () => answer?.(response, request));
  }
}
