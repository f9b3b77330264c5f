import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Gate } from '../fakes/gate.ts';
import { exchange, readBytes } from '../http/exchange.ts';
import { delayAnswerUntil, delayUntil, type Fault, pass, type UpstreamAnswer } from './faults.ts';
import { type ProxiedRequest, proxiedRequest } from './proxied-request.ts';

/** Selects the requests of an operation, or those for which the function returns true. */
type RequestFilter = string | ((request: ProxiedRequest) => boolean);

/** A fault and the requests that it applies to: those that meet every condition given. */
interface FaultRule {
  readonly fault: Fault;
  /** Without the version, for example `GetItem`. */
  readonly operation?: string;
  /** One of the requested keys; see `ProxiedRequest.keys`. */
  readonly key?: string;
  readonly when?: (request: ProxiedRequest) => boolean;
  /** How many matching requests pass first. */
  readonly after?: number;
  /** How many matching requests fail after that; all if absent. */
  readonly times?: number;
}

/** Headers of one connection, which are not passed on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']);

/**
 * A proxy in front of a DynamoDB. It records requests, and delays, breaks or answers them by its rules.
 *
 * @example
 * const proxy = await FaultProxy.inFrontOf(dynamodb.endpoint);
 * proxy.inject({ fault: FAULTS.throttle, operation: 'GetItem', key: 'p1@@s1', times: 3 });
 * await proxy.arrived(3, 'GetItem');
 * proxy.heal();
 */
export class FaultProxy {
  readonly #upstream: string;
  readonly #agent = new Agent({ keepAlive: true });
  #rules: readonly { readonly rule: FaultRule; seen: number }[] = [];
  #gates: Gate[] = [];
  #requests: ProxiedRequest[] = [];
  #barriers: { readonly isReached: () => boolean; readonly resolve: () => void }[] = [];
  #server: Server | undefined;
  #port: number;
  #connections = 0;
  #waiting = 0;

  private constructor(upstream: string, port: number) {
    this.#upstream = upstream;
    this.#port = port;
  }

  /** Starts a proxy in front of the DynamoDB at `upstream`; by default at a free port. */
  static async inFrontOf(upstream: string, port = 0): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstream, port);
    await proxy.connect();
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** All requests since the start or the last `forget`, in order of arrival. */
  get requests(): readonly ProxiedRequest[] {
    return this.#requests;
  }

  /** How many connections were made to the proxy. */
  get connections(): number {
    return this.#connections;
  }

  /** Requests in the proxy now whose clients still wait, except those that hang. */
  get waiting(): number {
    return this.#waiting;
  }

  count(filter: RequestFilter = () => true): number {
    const isMeant =
      typeof filter === 'string' ? ({ operation }: ProxiedRequest) => operation === filter : filter;
    return this.#requests.filter(isMeant).length;
  }

  /** Resolves once `count` matching requests have come since the start or the last `forget`. */
  arrived(count: number, filter?: RequestFilter): Promise<void> {
    const isReached = () => this.count(filter) >= count;
    if (isReached()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#barriers.push({ isReached, resolve });
    });
  }

  /** Clears `requests`. */
  forget(): void {
    this.#requests = [];
  }

  /** Adds a rule. If several match a request, the last one added applies. */
  inject(rule: FaultRule): void {
    this.#rules = [{ rule, seen: 0 }, ...this.#rules];
  }

  /** Holds requests before they reach DynamoDB, until the gate opens; afterwards they pass. */
  hold(operation?: string): Gate {
    return this.#holdBy(delayUntil, operation);
  }

  /** Holds answers of DynamoDB until the gate opens: a test can change the item after it was read. */
  holdAnswers(operation?: string): Gate {
    return this.#holdBy(delayAnswerUntil, operation);
  }

  /** Removes all rules and opens all gates. Requests that hang go on hanging. */
  heal(): void {
    this.#rules = [];
    for (const gate of this.#gates) gate.open();
    this.#gates = [];
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
    // Clients decide how long connections are idle.
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
    this.#agent.destroy();
  }

  #holdBy(delay: typeof delayUntil, operation: string | undefined): Gate {
    const gate = new Gate();
    this.#gates.push(gate);
    this.inject({
      fault: delay((gone) => gate.pass(gone)),
      ...(operation === undefined ? {} : { operation }),
    });
    return gate;
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const body = await readBytes(incoming);
      const request = proxiedRequest(incoming, body);
      const fault = this.#faultFor(request) ?? pass;
      this.#record(request);
      this.#waiting += 1;
      try {
        const forward = () => this.#forward(incoming, body, request);
        await fault({ request, response, forward, gone: gone.signal });
      } finally {
        this.#waiting -= 1;
      }
    } catch {
      // The client or DynamoDB closed its connection: nobody can get an answer.
      response.destroy();
    }
  }

  #record(request: ProxiedRequest): void {
    this.#requests.push(request);
    const reached = this.#barriers.filter(({ isReached }) => isReached());
    this.#barriers = this.#barriers.filter((barrier) => !reached.includes(barrier));
    for (const { resolve } of reached) resolve();
  }

  #faultFor(request: ProxiedRequest): Fault | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (!matches(rule, request)) continue;
      entry.seen += 1;
      const turn = entry.seen - (rule.after ?? 0);
      if (turn > 0 && turn <= (rule.times ?? Number.POSITIVE_INFINITY)) return rule.fault;
    }
    return undefined;
  }

  async #forward(
    { method = 'POST', headers }: IncomingMessage,
    body: Uint8Array,
    request: ProxiedRequest,
  ): Promise<UpstreamAnswer> {
    const { host: _host, ...kept } = headers;
    const answer = await exchange(this.#upstream, { method, headers: kept, body, agent: this.#agent });
    request.answeredAtMs = performance.now();
    request.answer = answer.body;
    const own = Object.entries(answer.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !HOP_BY_HOP.has(name) ? [[name, value] as const] : [],
    );
    return {
      status: answer.status,
      headers: { ...Object.fromEntries(own), 'content-length': String(answer.bytes.byteLength) },
      bytes: answer.bytes,
    };
  }
}

const matches = ({ operation, key, when }: FaultRule, request: ProxiedRequest): boolean =>
  (operation === undefined || operation === request.operation) &&
  (key === undefined || request.keys.includes(key)) &&
  (when === undefined || when(request));
