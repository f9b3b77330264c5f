import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** An operation as DynamoDB received it. */
export interface ReceivedOperation {
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Method and target. */
  readonly line: string;
}

/** Answers an operation. */
export type ScriptedAnswer = (response: ServerResponse, received: ReceivedOperation) => void;

/** Answers with these bytes. */
export const saying =
  (
    status: number,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): ScriptedAnswer =>
  (response) => {
    response
      .writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        ...headers,
      })
      .end(body);
  };

/** Ends the connection without an answer. */
export const hangingUp: ScriptedAnswer = (response) => {
  response.destroy();
};

/** Never answers. */
export const silent: ScriptedAnswer = () => undefined;

/** In the place of DynamoDB: keeps what it received, and answers what a test says. */
export class ScriptedUpstream {
  readonly received: ReceivedOperation[] = [];
  readonly sockets: Socket[] = [];
  answer: ScriptedAnswer = saying(200, '{}');
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket: Socket) => this.sockets.push(socket));
  }

  static async start(): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream();
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  get host(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return `127.0.0.1:${address.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Resolves when there is an operation more. */
  async next(): Promise<void> {
    await once(this.#server, 'received');
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { headers, method, url } = request;
    const received = { headers, body: Buffer.concat(chunks), line: `${method} ${url}` };
    this.received.push(received);
    this.answer(response, received);
    this.#server.emit('received');
  }
}
