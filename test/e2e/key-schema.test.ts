import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

const pKey = { name: 'pKey', type: 'S' } as const;
const sKey = { name: 'sKey', type: 'S' } as const;
const id = { name: 'id', type: 'S' } as const;
const LARGE_BYTES = 300_000;

const rows = (more = {}) =>
  ['p1', 'p2'].flatMap((p) =>
    ['s1', 's2', 's3'].map((s) => ({
      pKey: { S: p },
      sKey: { S: s },
      name: { S: `${p}-${s}` },
      count: { N: '1' },
      ...more,
    })),
  );

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Products', hashKey: pKey, sortKey: sKey });
  await dynamodb.createTable({ table: 'Large', hashKey: pKey, sortKey: sKey });
  await dynamodb.createTable({ table: 'Single', hashKey: pKey });
  await dynamodb.createTable({ table: 'Numbers', hashKey: { name: 'count', type: 'N' } });
  await dynamodb.createTable({ table: 'Empty', hashKey: id });
  await dynamodb.putAll('Products', rows());
  await dynamodb.putAll('Large', rows({ load: { S: 'x'.repeat(LARGE_BYTES) } }).slice(0, 3));
  await dynamodb.putAll('Large', rows({ load: { S: 'x'.repeat(LARGE_BYTES) } }).slice(3));
  await dynamodb.putAll('Single', [{ pKey: { S: 'p1' }, sKey: { S: 's1' } }]);
  await dynamodb.putAll('Numbers', [{ count: { N: '1' }, pKey: { S: 'p1' } }]);
});

afterEach(() => extension.close());

afterAll(() => dynamodb.close());

const start = async (table: string): Promise<void> => {
  extension = await startExtension({
    cacheYaml: `dynamodb:\n  - ${table}\n`,
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_INIT_STARTUP: 'true' },
  });
};

const errorLines = () => extension.log.filter(({ level }) => level === 'ERROR');

describe('a table whose keys are configured wrongly', () => {
  it.each([
    [
      'the sort key is missing',
      '{ table: Products, hashKey: pKey }',
      'Products@@p1',
      'pKey (S) and sKey (S)',
      { pKey: { S: 'p1' } },
    ],
    [
      'only the sort key is named',
      '{ table: Products, hashKey: sKey }',
      'Products@@s1',
      'pKey (S) and sKey (S)',
      { sKey: { S: 's1' } },
    ],
    [
      'the sort key is missing and only some fields are kept',
      '{ table: Products, hashKey: pKey, fields: [name] }',
      'Products@@p1',
      'pKey (S) and sKey (S)',
      { pKey: { S: 'p1' } },
    ],
    [
      'the sort key is missing and the table has several pages',
      '{ table: Large, hashKey: pKey }',
      'Large@@p1',
      'pKey (S) and sKey (S)',
      { pKey: { S: 'p1' } },
    ],
    [
      'another attribute is named as the hash key',
      '{ table: Products, hashKey: name, sortKey: sKey }',
      'Products@@p1-s1@@s1',
      'pKey (S) and sKey (S)',
      { name: { S: 'p1-s1' }, sKey: { S: 's1' } },
    ],
    [
      'a sort key is named that the table lacks',
      '{ table: Single, hashKey: pKey, sortKey: sKey }',
      'Single@@p1@@s1',
      'pKey (S)',
      { pKey: { S: 'p1' }, sKey: { S: 's1' } },
    ],
    [
      'the hash key has another type',
      '{ table: Numbers, hashKey: count, hashKeyType: S }',
      'Numbers@@1',
      'count (N)',
      { count: { S: '1' } },
    ],
  ])('is refused before anything of it is served if %s', async (_, yaml, name, trueKeys, Key) => {
    await start(yaml);

    const [table = ''] = name.split('@@');
    const [answer, again] = [
      await extension.get(`/dynamodb?name=${name}`),
      await extension.get(`/dynamodb?name=${name}`),
    ];
    expect([answer.status, again.status]).toEqual([502, 502]);
    expect(answer.body).toContain(trueKeys);
    const { store, preload } = await extension.health();
    expect(store.entries).toBe(0);
    expect(preload).toMatchObject([{ group: table, state: 'failed', entries: 0 }]);
    expect(preload[0]?.reason).toContain(trueKeys);
    expect(errorLines()).toHaveLength(1);
    expect(JSON.stringify(errorLines())).toContain(trueKeys);
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${extension.port}`,
      region: 'us-east-1',
      credentials: {
        accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
        secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      },
      maxAttempts: 1,
    });
    await expect(client.send(new GetItemCommand({ TableName: table, Key }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    client.destroy();
  });
});

describe('a table of which only listed keys are preloaded', () => {
  it.each([
    ['the sort key is missing', 'table: Products, hashKey: pKey, keys: [{ hash: p1 }]', 'Products@@p1'],
    [
      'only the sort key is named',
      'table: Products, hashKey: sKey, keys: [{ hash: s1 }, { hash: s2 }]',
      'Products@@s1',
    ],
    ['the hash key has another type', 'table: Numbers, hashKey: count, keys: [{ hash: "1" }]', 'Numbers@@1'],
  ])('is refused with a hint if %s', async (_, yaml, name) => {
    await start(`{ ${yaml} }`);

    const answer = await extension.get(`/dynamodb?name=${name}`);
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('check hashKey, sortKey');
    const { store, preload } = await extension.health();
    expect(store.entries).toBe(0);
    expect(preload).toMatchObject([{ state: 'failed', entries: 0 }]);
    expect(preload[0]?.reason).toContain('check hashKey, sortKey');
    expect(errorLines()).toHaveLength(1);
  });
});

describe('a table whose keys are configured as they are', () => {
  it('is preloaded when it fits in one page', async () => {
    await start('{ table: Products, hashKey: pKey, sortKey: sKey, fields: [name] }');

    expect((await extension.health()).preload).toEqual([
      { group: 'Products', state: 'complete', entries: 6 },
    ]);
    expect((await extension.get(itemPath('Products', 'p1', 's1'))).status).toBe(200);
  });

  it('is complete without entries when it is empty', async () => {
    await start('{ table: Empty, hashKey: id }');

    expect((await extension.health()).preload).toEqual([{ group: 'Empty', state: 'complete', entries: 0 }]);
  });
});
