import { Agent } from 'node:http';
import { exchange, type HttpAnswer, type HttpRequest } from '../http/exchange.ts';

/** What goes with a request. */
export type Extras = Pick<HttpRequest, 'headers' | 'body'>;

/** Calls the extension as a function does, over connections that stay open. */
export class HttpClient {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves with any answer; rejects if the connection is refused or breaks. */
  request(method: string, path: string, extras: Extras = {}): Promise<HttpAnswer> {
    return exchange(`http://127.0.0.1:${this.#port}`, { ...extras, method, path, agent: this.#agent });
  }

  close(): void {
    this.#agent.destroy();
  }
}
