import { Agent, request } from 'node:http';
import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LRUCache } from 'lru-cache';
import { targetOf } from '../subjects/sample-items.mjs';

const clientOf = (endpoint) =>
  new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });

const getWith = (client, table, consistent) => async (id) => {
  const question = { TableName: table, Key: { id: { S: id } }, ConsistentRead: consistent };
  const { Item } = await client.send(new GetItemCommand(question));
  if (Item?.id.S !== id) throw new Error('the response holds another item than requested');
  return Item;
};

const getOver = (agent, port, table) => (id) =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: targetOf(table, id), agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`the response has status ${response.statusCode}`));
        else resolve(JSON.parse(Buffer.concat(chunks)));
      });
    });
    asked.on('error', reject).end();
  });

/** Resolves when the whole response has arrived. */
const checkOver = (agent, endpoint) => (scope) =>
  new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.Query' };
    const asked = request(endpoint, { method: 'POST', agent, headers }, (response) => {
      response.on('end', resolve).resume();
    });
    asked.on('error', reject).end(JSON.stringify({ ExpressionAttributeValues: { ':scope': { S: scope } } }));
  });

/** The ways in which a function can read one item as an object. Each creates a reader: `(id) => Promise<item>`. */
export const READERS = {
  'node:http': ({ port, table }) => getOver(new Agent({ keepAlive: true }), port, table),

  fetch:
    ({ port, table }) =>
    async (id) => {
      const response = await fetch(`http://127.0.0.1:${port}${targetOf(table, id)}`);
      if (response.status !== 200) throw new Error(`the response has status ${response.status}`);
      return response.json();
    },

  /** A check of a journal, whose name takes the place of the item's: a round trip without signature and parsing. */
  journal: ({ endpoint }) => checkOver(new Agent({ keepAlive: true }), endpoint),

  sdk: ({ endpoint, table, consistent }) => getWith(clientOf(endpoint), table, consistent),

  /** A cache inside the function. It starts empty in each execution environment of each function. */
  'in-process': ({ endpoint, table }) => {
    const get = getWith(clientOf(endpoint), table);
    const cache = new LRUCache({ max: 10_000, ttl: 3_600_000, fetchMethod: get });
    return (id) => cache.fetch(id);
  },
};

/** Scans a whole table page by page, as most programs do. Resolves with the number of items. */
export const scanAll = async ({ endpoint, table }) => {
  const client = clientOf(endpoint);
  const items = new Map();
  let ExclusiveStartKey;
  do {
    const page = await client.send(new ScanCommand({ TableName: table, ExclusiveStartKey }));
    for (const item of page.Items) items.set(item.id.S, item);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items.size;
};
