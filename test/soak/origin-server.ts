import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { UpstreamCall } from '../../src/adapters/dynamodb/dynamodb-upstream.ts';
import type { Origin } from './origin.ts';
import type { Weather } from './weather.ts';

/** The tables of the soak behind DynamoDB's protocol. It is slow where the weather says so, and never fails. */
export class OriginServer {
  readonly #origin: Origin;
  readonly #weather: Weather;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(origin: Origin, weather: Weather) {
    this.#origin = origin;
    this.#weather = weather;
    this.#server.keepAliveTimeout = 0;
  }

  /** Resolves with the endpoint. */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const { table, text, end } = this.#origin.ask(callOf(target, await textOf(request)));
    await delay(this.#weather.delayMsOf(table));
    end('answered');
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
  }
}

const callOf = (operation: string, body: string): UpstreamCall => {
  switch (operation) {
    case 'GetItem':
    case 'BatchGetItem':
    case 'Scan':
      return { operation, input: JSON.parse(body) };
    default:
      throw new RangeError(`nobody needs ${operation}`);
  }
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
};
