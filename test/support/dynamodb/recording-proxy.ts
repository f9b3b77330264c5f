import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gate } from '../fakes/gate.ts';
import { callDynamoDb } from './wire.ts';

/** A request as it came over the wire, and what was answered. */
export interface RecordedRequest {
  /** Without the version, for example `GetItem`. */
  readonly operation: string;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
  /** Text of the answer, once it was sent. */
  answer?: string;
}

/** Stands between a client and a DynamoDB: records what is asked, holds requests up, and can be away for a while. */
export class RecordingProxy {
  readonly requests: RecordedRequest[] = [];
  readonly #upstream: string;
  #server: Server | undefined;
  #port = 0;
  #gate: Gate | undefined;
  #waiting = 0;

  /** @param upstream where requests go */
  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Requests that are held up now, and that nobody has given up. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Accepts connections from now on; after `stop` at the same port again. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#handle(request, response));
    // Clients own the time for which connections are idle.
    server.keepAliveTimeout = 0;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = portOf(server);
  }

  /** Refuses connections, and breaks those that are open. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** Holds up every request that comes from now on, until the gate is opened. */
  hold(): Gate {
    this.#gate = new Gate();
    return this.#gate;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const record: RecordedRequest = {
      operation,
      body: JSON.parse(Buffer.concat(chunks).toString()),
      headers: request.headers,
    };
    this.requests.push(record);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    this.#waiting += 1;
    try {
      await this.#gate?.pass(gone.signal);
    } catch {
      return;
    } finally {
      this.#waiting -= 1;
    }
    const { status, text } = await callDynamoDb(this.#upstream, operation, record.body);
    record.answer = text;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
  }
}

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  return address.port;
};
