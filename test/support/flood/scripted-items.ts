import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const LEAST_BYTES = 100;
const MOST_BYTES = 400_000;
const FILLER = 'x'.repeat(MOST_BYTES);

/** A DynamoDB that makes up its items, fast: it has `item-<number>` for every number, and nothing else. */
export class ScriptedItems {
  /** How often it was asked. */
  reads = 0;
  readonly #server: Server;
  readonly #sizeOf: (number: number) => number;

  /** @param sizeOf length of the payload of an item, by its number */
  private constructor(sizeOf: (number: number) => number) {
    this.#sizeOf = sizeOf;
    this.#server = createServer((request, response) => this.#receive(request, response));
    // Clients own the time for which connections are idle.
    this.#server.keepAliveTimeout = 0;
  }

  static async start(sizeOf: (number: number) => number): Promise<ScriptedItems> {
    const items = new ScriptedItems(sizeOf);
    await once(items.#server.listen(0, '127.0.0.1'), 'listening');
    return items;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.once('end', () => {
      this.reads += 1;
      const id: string = JSON.parse(Buffer.concat(chunks).toString()).Key.id.S;
      const body = this.#answerTo(id);
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length })
        .end(body);
    });
  }

  #answerTo(id: string): string {
    const number = /^item-(\d+)$/.exec(id)?.[1];
    if (number === undefined) return '{}';
    const payload = FILLER.slice(0, this.#sizeOf(Number(number)));
    return JSON.stringify({ Item: { id: { S: id }, payload: { S: payload } } });
  }
}

/** Sizes from 100 bytes to 400 KB, spread evenly over the orders of magnitude; the same at each run. */
export const mixedSizes = (number: number): number => {
  const scrambled = Math.imul(number ^ (number >>> 7), 0x9e3779b1) >>> 0;
  return Math.round(LEAST_BYTES * (MOST_BYTES / LEAST_BYTES) ** (scrambled / 2 ** 32));
};
