import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Gate } from '../fakes/gate.ts';

/** One call that came through. */
export interface RawHandler {
  /** Without the version, for example `GetItem`. */
  readonly operation: string;
  /** On the monotonic clock of the test; absent until the answer has been passed on. */
  readonly answeredAtMs?: number;
}

/**
 * Stands between a client and a DynamoDB, and holds up answers.
 * What waits at a gate has been read already, so that a test can change the item behind its back.
 */
export class GateProxy {
  readonly #upstream: string;
  readonly #server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
  readonly #agent = new Agent({ keepAlive: true });
  readonly #gates = new Map<string, Gate>();
  readonly #passages: { operation: string; answeredAtMs?: number }[] = [];
  #port = 0;

  private constructor(upstream: string) {
    this.#upstream = upstream;
    // Clients own the time for which connections are idle.
    this.#server.keepAliveTimeout = 0;
  }

  /** Begins to listen in front of the DynamoDB at the endpoint `upstream`. */
  static async inFrontOf(upstream: string): Promise<GateProxy> {
    const proxy = new GateProxy(upstream);
    const server = proxy.#server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen');
    proxy.#port = address.port;
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Everything that was asked, in order. */
  get passages(): readonly RawHandler[] {
    return this.#passages;
  }

  /** Holds up the answers to `operation` that are asked for from now on, until the gate is opened. */
  hold(operation: string): Gate {
    const gate = new Gate();
    this.#gates.set(operation, gate);
    return gate;
  }

  /** Holds up nothing any more. */
  openAll(): void {
    for (const gate of this.#gates.values()) gate.open();
    this.#gates.clear();
  }

  /** Breaks all connections, those that are held up included. */
  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
    this.#agent.destroy();
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '');
    const passage: { operation: string; answeredAtMs?: number } = { operation };
    const gate = this.#gates.get(operation);
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    this.#passages.push(passage);
    try {
      const { status, contentType, bytes } = await this.#forward(incoming);
      await gate?.pass(gone.signal);
      passage.answeredAtMs = performance.now();
      outgoing.writeHead(status, { 'content-type': contentType }).end(bytes);
    } catch {
      outgoing.destroy();
    }
  }

  async #forward(incoming: IncomingMessage): Promise<ForwardedAnswer> {
    const body = await readBytes(incoming);
    const { method, headers } = incoming;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(this.#upstream, { method, headers, agent: this.#agent })
        .once('response', resolve)
        .once('error', reject)
        .end(body);
    });
    return {
      status: answer.statusCode ?? 0,
      contentType: answer.headers['content-type'] ?? '',
      bytes: await readBytes(answer),
    };
  }
}

interface ForwardedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const readBytes = async (incoming: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
};
