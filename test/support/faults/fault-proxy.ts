import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Arrivals, type Choice } from './arrivals.ts';
import type { ProxiedRequest } from './exchange.ts';
import { type FaultRule, FaultRules } from './fault-rules.ts';
import { pass } from './faults.ts';
import { proxiedRequest } from './proxied-request.ts';
import { readBytes, UpstreamConnection } from './upstream-connection.ts';

/**
 * Stands on the wire between a client and a DynamoDB, counts what is asked, and does to requests what it is told.
 *
 * @example
 * const proxy = await FaultProxy.inFrontOf(dynamodb.endpoint);
 * proxy.inject({ fault: FAULTS.throttle, operation: 'GetItem', key: 'p1@@s1', times: 3 });
 * await proxy.arrived(3, 'GetItem');
 * proxy.heal();
 */
export class FaultProxy {
  readonly #upstream: UpstreamConnection;
  readonly #rules = new FaultRules();
  readonly #arrivals = new Arrivals();
  #server: Server | undefined;
  #port: number;
  #connections = 0;

  private constructor(upstream: string, port: number) {
    this.#upstream = new UpstreamConnection(upstream);
    this.#port = port;
  }

  /** Begins to listen in front of the DynamoDB at the endpoint `upstream`; at any free port if none is given. */
  static async inFrontOf(upstream: string, port = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstream, port);
    await proxy.connect();
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Everything that was asked since the beginning or since `forget`, in order, with the times of arrival. */
  get requests(): readonly ProxiedRequest[] {
    return this.#arrivals.requests;
  }

  /** How many connections were made to it, ever. */
  get connections(): number {
    return this.#connections;
  }

  /** How many requests have come, of those that are meant. */
  count(choice?: Choice): number {
    return this.#arrivals.count(choice);
  }

  /** Resolves once that many requests have come in all, of those that are meant. */
  arrived(count: number, choice?: Choice): Promise<void> {
    return this.#arrivals.arrived(count, choice);
  }

  /** Begins to count anew. */
  forget(): void {
    this.#arrivals.forget();
  }

  /** Lets a fault befall requests from now on. Of several rules that fit, the one laid down last counts. */
  inject(rule: FaultRule): void {
    this.#rules.add(rule);
  }

  /** Lets all requests pass from now on. What hangs goes on hanging. */
  heal(): void {
    this.#rules.clear();
  }

  /** Refuses connections, and breaks those that are open. */
  async disconnect(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** Accepts connections again after `disconnect`, at the same endpoint. */
  async connect(): Promise<void> {
    const server = createServer((incoming, response) => void this.#handle(incoming, response));
    // Clients own the time for which connections are idle.
    server.keepAliveTimeout = 0;
    server.on('connection', () => {
      this.#connections += 1;
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  async close(): Promise<void> {
    await this.disconnect();
    this.#upstream.close();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const { method = 'POST', headers } = incoming;
      const body = await readBytes(incoming);
      const request = proxiedRequest(incoming, body);
      const fault = this.#rules.take(request) ?? pass;
      this.#arrivals.add(request);
      const forward = () => this.#upstream.send(method, headers, body);
      await fault({ request, response, forward, gone: gone.signal });
    } catch {
      // The client is gone, or DynamoDB is: neither has use for an answer.
      response.destroy();
    }
  }
}
