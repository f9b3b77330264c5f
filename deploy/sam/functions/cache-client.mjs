import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Longer than the extension waits for DynamoDB (`CACHE_EXTENSION_TIMEOUT`), because it then serves stale items in an outage. */
const TIMEOUT_MS = 2_500;

/** How long to skip the extension after a time-out, so that many reads do not wait one after another. */
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
 * Resolves with the item, or with undefined if there is none. If the extension is absent or cannot answer, calls
 * `askDynamoDb` and resolves with its result. Rejects only if `askDynamoDb` rejects.
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

/** Resolves with `{ item }`, whose item is undefined if there is none; with undefined if the extension did not answer. */
const askExtension = async (key) => {
  if (performance.now() < pausedUntil) return undefined;
  const query = new URLSearchParams(Object.entries(key).filter(([, value]) => value !== undefined));
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { status, body } = await get(`/dynamodb?${query}`, signal);
    if (status === 200) return { item: JSON.parse(body) };
    if (status === 404 && JSON.parse(body).code === 'item_not_found') return { item: undefined };
  } catch {
    // Any failure: the caller reads from DynamoDB.
    if (signal.aborted) pausedUntil = performance.now() + PAUSE_MS;
  }
  return undefined;
};

const get = async (path, signal) => {
  const outgoing = request({ ...target, path, signal }).end();
  // A connection that breaks in the middle of the body also emits this event. Without a listener, it would end the process.
  outgoing.on('error', () => undefined);
  try {
    const [incoming] = await once(outgoing, 'response');
    return { status: incoming.statusCode, body: await text(incoming) };
  } catch (error) {
    // A kept connection may be dead, for example after a snapshot is restored. A new one shows whether the extension still runs.
    if (outgoing.reusedSocket && !signal.aborted) return get(path, signal);
    throw error;
  }
};
