import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JOURNAL_KEY } from '../../src/adapters/dynamodb/journal/journal-item.ts';
import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { FAULTS } from '../support/faults/faults.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';

const JOURNAL = 'Journal';
const REGION = 'eu-west-1';

const pageOf = (table: string, attributes: AttributeMap) => ({
  key: { table: { S: `${REGION}/${table}` }, page: { N: '400' } },
  attributes: { version: { N: '1' }, epoch: { N: '7' }, head: { N: '1' }, ring: { L: [] }, ...attributes },
});

/** What keeps the journal of each of these tables from being read. */
const FAULTS_OF_CHECKS = {
  Denied: FAULTS['access-denied'],
  Throttled: FAULTS.throttle,
  Missing: FAULTS['no-such-table'],
} as const;
const UNREADABLE_PAGES = [
  pageOf('Malformed', { head: { S: 'many' } }),
  pageOf('Newer', { version: { N: '2' } }),
];
const UNREADABLE = [...Object.keys(FAULTS_OF_CHECKS), 'Malformed', 'Newer'];

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id, ttl: 1h, coherence: invocation }
  - { table: Others, hashKey: id, ttl: 1h, coherence: 500ms }
  - { table: Plain, hashKey: id, ttl: 1h }
${UNREADABLE.map((table) => `  - { table: ${table}, hashKey: id, ttl: 1h, coherence: invocation }`).join('\n')}
`;
const TABLES = ['Things', 'Others', 'Plain', ...UNREADABLE];

let dynamodb: DynamoDbServer;
let writer: ExtensionUnderTest;
let reader: ExtensionUnderTest;
let clients: DynamoDBClient[] = [];

beforeAll(async () => {
  dynamodb = await startDynalite();
  const id = { name: 'id', type: 'S' } as const;
  for (const table of TABLES) await dynamodb.createTable({ table, hashKey: id });
  await dynamodb.createTable({
    table: JOURNAL,
    hashKey: { name: JOURNAL_KEY.scope, type: 'S' },
    sortKey: { name: JOURNAL_KEY.page, type: 'N' },
  });
});

const start = () =>
  startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_JOURNAL_TABLE: JOURNAL, CACHE_EXTENSION_LOG_LEVEL: 'info' },
  });

beforeEach(async () => {
  for (const table of TABLES) await dynamodb.put(table, { id: { S: 'a' }, version: { N: '1' } });
  [writer, reader] = await Promise.all([start(), start()]);
});

afterEach(async () => {
  dynamodb.proxy.heal();
  for (const client of clients) client.destroy();
  clients = [];
  await Promise.all([writer.close(), reader.close()]);
});

afterAll(() => dynamodb.close());

const clientOf = ({ port }: ExtensionUnderTest): DynamoDBClient => {
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: {
      accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
      secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      sessionToken: CREDENTIALS.AWS_SESSION_TOKEN,
    },
    maxAttempts: 1,
  });
  clients.push(client);
  return client;
};

const write = async (table: string, version: number): Promise<void> => {
  const Item = { id: { S: 'a' }, version: { N: String(version) } };
  await clientOf(writer).send(new PutItemCommand({ TableName: table, Item }));
};

const read = async (table: string) => {
  const { status, body, headers } = await reader.get(itemPath(table, 'a'));
  return { status, version: JSON.parse(body).version, how: String(headers['cache-status']) };
};

const HIT = expect.stringMatching(/^dynamodb-cache; hit/);
const BYPASS = 'dynamodb-cache; fwd=bypass; detail=journal-unavailable; fwd-status=200; stored';

describe('two environments', () => {
  it('agree in the next invocation, at the price of one check', async () => {
    await reader.lambda.invoke();
    await read('Things');
    expect(await read('Things')).toEqual({ status: 200, version: 1, how: HIT });
    await write('Things', 2);

    await reader.lambda.invoke();
    const before = dynamodb.proxy.count('Query');
    expect((await read('Things')).version).toBe(2);
    expect(await read('Things')).toEqual({ status: 200, version: 2, how: HIT });
    expect(dynamodb.proxy.count('Query') - before).toBeLessThanOrEqual(1);
  });

  it('agree when the interval has passed', async () => {
    await read('Others');
    await write('Others', 2);
    const writtenAt = performance.now();

    const { elapsedMs } = await eventually(
      async () => ({ ...(await read('Others')), elapsedMs: performance.now() - writtenAt }),
      ({ version }) => version === 2,
    );

    expect(elapsedMs).toBeLessThan(30_000);
    expect(await read('Others')).toEqual({ status: 200, version: 2, how: HIT });
  });

  it('make no call to the journal for a table whose lifetime decides', async () => {
    dynamodb.proxy.forget();
    await read('Plain');
    await write('Plain', 2);
    await reader.lambda.invoke();

    expect(await read('Plain')).toEqual({ status: 200, version: 1, how: HIT });
    expect(dynamodb.proxy.count('Query') + dynamodb.proxy.count('UpdateItem')).toBe(0);
  });

  it('forget an item that one of them is told to forget everywhere', async () => {
    await reader.lambda.invoke();
    await read('Things');
    await dynamodb.put('Things', { id: { S: 'a' }, version: { N: '2' } });

    expect((await writer.delete(`${itemPath('Things', 'a')}&everywhere=true`)).status).toBe(204);
    await reader.lambda.invoke();

    expect((await read('Things')).version).toBe(2);
    expect((await writer.delete(`${itemPath('Plain', 'a')}&everywhere=true`)).status).toBe(400);
  });

  it('see the writes of each other through the endpoint as well', async () => {
    await reader.lambda.invoke();
    const get = new GetItemCommand({ TableName: 'Things', Key: { id: { S: 'a' } } });
    const client = clientOf(reader);
    await client.send(get);
    await write('Things', 3);
    await reader.lambda.invoke();

    expect((await client.send(get)).Item?.version).toEqual({ N: '3' });
  });
});

describe('a journal that is denied, throttled, missing, malformed or of a newer version', () => {
  const readAll = () => Promise.all(UNREADABLE.map(read));
  const scopesOf = (message: string) =>
    reader.log.filter((line) => line.message.startsWith(message)).map(({ scope }) => scope);
  const EACH_SCOPE = UNREADABLE.map((table) => `${REGION}/${table}`);

  it('makes all reads go to DynamoDB with one warning, and is used again without a restart', async () => {
    await reader.lambda.invoke();
    await readAll();
    for (const answer of await readAll()) expect(answer).toEqual({ status: 200, version: 1, how: HIT });

    for (const [table, fault] of Object.entries(FAULTS_OF_CHECKS)) {
      const when = ({ body }: ProxiedRequest) => JSON.stringify(body).includes(`${REGION}/${table}`);
      dynamodb.proxy.inject({ fault, operation: 'Query', when });
    }
    for (const { key, attributes } of UNREADABLE_PAGES)
      await dynamodb.put(JOURNAL, { ...key, ...attributes });
    for (const table of UNREADABLE) await dynamodb.put(table, { id: { S: 'a' }, version: { N: '4' } });
    await reader.lambda.invoke();

    for (const answers of [await readAll(), await readAll()])
      for (const answer of answers) expect(answer).toEqual({ status: 200, version: 4, how: BYPASS });

    dynamodb.proxy.heal();
    for (const { key } of UNREADABLE_PAGES) await dynamodb.deleteItem(JOURNAL, key);
    await eventually(readAll, (answers) => answers.every(({ how }) => how.includes('; hit')));
    expect(scopesOf('the journal cannot be read').toSorted()).toEqual(EACH_SCOPE.toSorted());
    expect(scopesOf('the journal answers again').toSorted()).toEqual(EACH_SCOPE.toSorted());
  });
});

it('a write that cannot be announced succeeds, and is not cached where it was made', async () => {
  dynamodb.proxy.inject({ fault: FAULTS['access-denied'], operation: 'UpdateItem' });
  await write('Things', 5);
  dynamodb.proxy.heal();

  await writer.whenLogged(({ message }) => message.startsWith('writes cannot be announced'));
  const answers = [];
  for (let n = 0; n < 2; n += 1) answers.push(await writer.get(itemPath('Things', 'a')));
  expect(answers.map(({ body }) => JSON.parse(body).version)).toEqual([5, 5]);
  for (const { headers } of answers) expect(headers['cache-status']).not.toMatch(/stored|hit/);
});
