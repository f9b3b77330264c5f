import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Longer than the extension waits for DynamoDB (`CACHE_EXTENSION_TIMEOUT`): in an outage it then answers what it has. */
const TIMEOUT_MS = 2_500;

/** How long the extension is left alone after a time-out, so that many reads do not wait one after another. */
const PAUSE_MS = 10_000;

const token = process.env.CACHE_EXTENSION_TOKEN;
const target = {
  host: '127.0.0.1',
  port: process.env.CACHE_EXTENSION_PORT || 4000,
  headers: token ? { 'X-Aws-Parameters-Secrets-Token': token } : {},
  agent: new Agent({ keepAlive: true, maxSockets: 50 }),
};

let pausedUntil = 0;

/**
 * Resolves with the item, or with undefined if there is none. Where the extension is absent or cannot answer, the result
 * is that of `askDynamoDb`; the promise rejects only if that does.
 *
 * @template Item
 * @param {{ table: string, hashKey: string, sortKey?: string, format?: 'dynamodb' }} key
 * @param {() => Promise<Item | undefined>} askDynamoDb
 * @returns {Promise<Item | undefined>}
 */
export const readItem = async (key, askDynamoDb) => {
  const answer = await askExtension(key);
  return answer === undefined ? askDynamoDb() : answer.item;
};

/** Resolves with the item or the lack of one; with undefined if there is no saying. */
const askExtension = async (key) => {
  if (performance.now() < pausedUntil) return undefined;
  const query = new URLSearchParams(Object.entries(key).filter(([, value]) => value !== undefined));
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { status, body } = await get(`/dynamodb?${query}`, signal);
    if (status === 200) return { item: JSON.parse(body) };
    if (status === 404 && JSON.parse(body).code === 'item_not_found') return { item: undefined };
  } catch {
    // Whatever it was: DynamoDB can be asked.
    if (signal.aborted) pausedUntil = performance.now() + PAUSE_MS;
  }
  return undefined;
};

const get = async (path, signal) => {
  const outgoing = request({ ...target, path, signal }).end();
  // A connection that breaks in the middle of the body says so here too, which would end a process that does not listen.
  outgoing.on('error', () => undefined);
  try {
    const [incoming] = await once(outgoing, 'response');
    return { status: incoming.statusCode, body: await text(incoming) };
  } catch (error) {
    // A kept connection may be dead, for example after a snapshot: a new one tells whether the extension is, too.
    if (outgoing.reusedSocket && !signal.aborted) return get(path, signal);
    throw error;
  }
};
