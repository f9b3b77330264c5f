import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CacheAnswer, CacheRequest } from './errand.ts';

/** Speaks to the extension over connections that stay open. */
export class CacheClient {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number) {
    this.#port = port;
  }

  /** Rejects if no answer came. */
  async send(wanted: CacheRequest): Promise<CacheAnswer> {
    const sentAt = performance.now();
    const response = await this.#responseTo(wanted);
    const body = await text(response);
    const ms = performance.now() - sentAt;
    return { status: response.statusCode ?? 0, headers: singleHeaders(response), body, ms };
  }

  #responseTo({ method, target, headers = {}, body }: CacheRequest): Promise<IncomingMessage> {
    const options = {
      host: 'localhost',
      port: this.#port,
      agent: this.#agent,
      method,
      path: target,
      headers,
    };
    return new Promise((resolve, reject) => {
      request(options, resolve).once('error', reject).end(body);
    });
  }
}

const singleHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
