import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import type { Handler } from './options.ts';

/** An answer of one of Lambda's APIs. */
export interface LambdaAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON object in `text`; empty if `text` is something else. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Calls one of Lambda's APIs without checks, so that tests can send invalid calls too.
 *
 * @param route method and path, for example `GET /2020-01-01/extension/event/next`
 */
export function callLambda(
  runtimeApi: string,
  route: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
  connection: Pick<RequestOptions, 'agent' | 'signal'> = { agent: false },
): Promise<LambdaAnswer> {
  const [method, path] = route.split(' ');
  return new Promise((resolve, reject) => {
    const outgoing = request(`http://${runtimeApi}${path}`, { method, headers, ...connection });
    outgoing.on('error', reject);
    outgoing.on('response', async (incoming) => {
      try {
        let text = '';
        for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: objectIn(text) });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.end(body);
  });
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Runs a handler in this process through the Runtime API, as a Lambda runtime does. */
export class HandlerRuntime {
  readonly #runtimeApi: string;
  readonly #handler: Handler;
  readonly #stopping = new AbortController();
  // No time-out: waiting for an invocation may take hours. One connection serves all calls.
  readonly #connections = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(runtimeApi: string, handler: Handler) {
    this.#runtimeApi = runtimeApi;
    this.#handler = handler;
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
    this.#connections.destroy();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopping.signal.aborted) {
        const { headers, text } = await this.#call('GET', '/next');
        const requestId = String(headers['lambda-runtime-aws-request-id']);
        const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
        const [outcome, answer] = await this.#handle(text, { requestId, deadlineMs });
        await this.#call('POST', `/${requestId}/${outcome}`, JSON.stringify(answer ?? null));
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }

  async #handle(
    event: string,
    context: { requestId: string; deadlineMs: number },
  ): Promise<['response' | 'error', unknown]> {
    try {
      return ['response', await this.#handler(JSON.parse(event), context)];
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return ['error', { errorType: name, errorMessage: message }];
    }
  }

  #call(method: 'GET' | 'POST', path: string, body?: string): Promise<LambdaAnswer> {
    const route = `${method} /2018-06-01/runtime/invocation${path}`;
    const connection = { agent: this.#connections, signal: this.#stopping.signal };
    return callLambda(this.#runtimeApi, route, {}, body, connection);
  }
}
