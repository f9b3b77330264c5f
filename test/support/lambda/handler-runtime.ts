import { Agent, request } from 'node:http';
import type { Handler } from './options.ts';

interface Answer {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Runs a handler of this process by the Runtime API, as a Lambda runtime would. */
export class HandlerRuntime {
  /** Resolves when the loop has ended. */
  readonly ended: Promise<void>;
  readonly #base: string;
  readonly #handler: Handler;
  readonly #stopping = new AbortController();
  // A poll may take hours, so no time-out; one connection serves all.
  readonly #connections = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(runtimeApi: string, handler: Handler) {
    this.#base = `http://${runtimeApi}/2018-06-01/runtime/invocation`;
    this.#handler = handler;
    this.ended = this.#run();
  }

  stop(): void {
    this.#stopping.abort();
    this.#connections.destroy();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopping.signal.aborted) {
        const { headers, body } = await this.#exchange('GET', '/next');
        const requestId = String(headers['lambda-runtime-aws-request-id']);
        const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
        const [outcome, answer] = await this.#handle(body, { requestId, deadlineMs });
        await this.#exchange('POST', `/${requestId}/${outcome}`, JSON.stringify(answer ?? null));
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

  #exchange(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#base + path, {
        method,
        agent: this.#connections,
        signal: this.#stopping.signal,
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ headers: incoming.headers, body: text }));
      });
      outgoing.end(body);
    });
  }
}
