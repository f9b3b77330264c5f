import { answering, ScriptedServer } from '../http/scripted-server.ts';

const LEAST_BYTES = 100;
const MOST_BYTES = 400_000;
const FILLER = 'x'.repeat(MOST_BYTES);

/** A DynamoDB that generates its items: it has `item-<number>` for every number, and nothing else. */
export class ScriptedItems {
  /** How many reads it received. */
  reads = 0;
  readonly #server: ScriptedServer;

  private constructor(server: ScriptedServer) {
    this.#server = server;
  }

  /** @param sizeOf length of the payload of an item, by its number */
  static async start(sizeOf: (number: number) => number): Promise<ScriptedItems> {
    const server = await ScriptedServer.start();
    const items = new ScriptedItems(server);
    server.answerWith((response, { body }) => {
      // A flood must not fill the memory of the test.
      server.received.length = 0;
      items.reads += 1;
      answering(200, answerTo(JSON.parse(body.toString()).Key.id.S, sizeOf))(response);
    });
    return items;
  }

  get endpoint(): string {
    return this.#server.url;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

const answerTo = (id: string, sizeOf: (number: number) => number): string => {
  const number = /^item-(\d+)$/.exec(id)?.[1];
  if (number === undefined) return '{}';
  const payload = FILLER.slice(0, sizeOf(Number(number)));
  return JSON.stringify({ Item: { id: { S: id }, payload: { S: payload } } });
};

/** Sizes from 100 bytes to 400 KB, spread evenly over the orders of magnitude; the same at each run. */
export const mixedSizes = (number: number): number => {
  const scrambled = Math.imul(number ^ (number >>> 7), 0x9e3779b1) >>> 0;
  return Math.round(LEAST_BYTES * (MOST_BYTES / LEAST_BYTES) ** (scrambled / 2 ** 32));
};
