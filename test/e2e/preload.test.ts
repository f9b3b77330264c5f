import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { type ExtensionOptions, startExtension } from '../support/e2e/start-extension.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';

const SIZES = { Small: 200, Medium: 800, Large: 1500 } as const;
const LISTED = 250;
/** Each of some 100 KB, so that they make twelve pages of Scan. */
const BULKY = 120;
const BULKY_BYTES = 100_000;

const id = { name: 'id', type: 'S' } as const;
const idsOf = (table: string, count: number) => Array.from({ length: count }, (_, n) => `${table}-${n}`);
const itemsOf = (table: string, count: number, more = {}) =>
  idsOf(table, count).map((text) => ({ id: { S: text }, ...more }));

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  for (const table of [...Object.keys(SIZES), 'Listed', 'Bulky']) {
    await dynamodb.createTable({ table, hashKey: id });
  }
  for (const [table, count] of Object.entries(SIZES)) {
    await dynamodb.putAll(table, itemsOf(table, count));
  }
  await dynamodb.putAll('Listed', itemsOf('Listed', LISTED));
  await dynamodb.putAll('Bulky', itemsOf('Bulky', BULKY, { load: { S: 'x'.repeat(BULKY_BYTES) } }));
});

afterEach(async () => {
  dynamodb.proxy.heal();
  await extension.close();
});

afterAll(() => dynamodb.close());

const start = async (options: Pick<ExtensionOptions, 'cacheYaml' | 'env'>): Promise<void> => {
  const env = { CACHE_EXTENSION_INIT_STARTUP: 'true', ...options.env };
  extension = await startExtension({ ...options, endpoint: dynamodb.endpoint, env });
};

const statusIn = ({ headers }: HttpAnswer): string => String(headers['cache-status']);

const listOf = (keys: readonly string[]) => keys.map((key) => `      - { hash: ${key} }`).join('\n');

/** How often each operation was asked for while `work` was done. */
const asked = async (work: () => Promise<void>) => {
  const operations = ['Scan', 'BatchGetItem', 'GetItem'] as const;
  const before = operations.map((operation) => dynamodb.proxy.count(operation));
  await work();
  const [scans = 0, batches = 0, gets = 0] = operations.map(
    (operation, index) => dynamodb.proxy.count(operation) - (before[index] ?? 0),
  );
  return { scans, batches, gets };
};

it('loads whole tables by Scan and listed keys by BatchGetItem, and all of them are hits afterwards', async () => {
  const cacheYaml = `
dynamodb:
  - { table: Small, hashKey: id }
  - { table: Medium, hashKey: id }
  - { table: Large, hashKey: id }
  - table: Listed
    hashKey: id
    keys:
${listOf(idsOf('Listed', LISTED))}
`;
  const loading = await asked(() => start({ cacheYaml }));

  expect(loading.scans).toBeGreaterThanOrEqual(3);
  expect(loading.batches).toBe(Math.ceil(LISTED / 100));
  expect((await extension.health()).preload).toEqual([
    { group: 'Small', state: 'complete', entries: 200 },
    { group: 'Medium', state: 'complete', entries: 800 },
    { group: 'Large', state: 'complete', entries: 1500 },
    { group: 'Listed', state: 'complete', entries: LISTED },
  ]);
  const reading = await asked(async () => {
    for (const [table, count] of Object.entries({ ...SIZES, Listed: LISTED })) {
      for (const key of idsOf(table, count)) {
        const answer = await extension.get(itemPath(table, key));
        expect([answer.status, answer.body]).toEqual([200, `{"id":"${key}"}`]);
        expect(statusIn(answer)).toContain('; hit;');
      }
    }
  });
  expect(reading).toEqual({ scans: 0, batches: 0, gets: 0 });
});

it('loads many tables, and writes lines of JSON only', async () => {
  const tables = Array.from({ length: 12 }, (_, n) => `Many-${n}`);
  for (const table of tables) {
    await dynamodb.createTable({ table, hashKey: id });
    await dynamodb.putAll(table, itemsOf(table, 1));
  }
  await start({
    cacheYaml: `dynamodb:\n${tables.map((table) => `  - { table: ${table}, hashKey: id }\n`).join('')}`,
  });

  expect((await extension.health()).preload).toEqual(
    tables.map((group) => ({ group, state: 'complete', entries: 1 })),
  );
  // Node.js warns on standard error, in words, if a signal has more than ten listeners.
  expect(extension.lambda.output.filter((line) => !line.startsWith('{'))).toEqual([]);
});

it('loads nothing unless it is asked to', async () => {
  const cacheYaml = 'dynamodb: [{ table: Small, hashKey: id }]';

  const loading = await asked(() => start({ cacheYaml, env: { CACHE_EXTENSION_INIT_STARTUP: '' } }));

  expect(loading).toEqual({ scans: 0, batches: 0, gets: 0 });
  expect(statusIn(await extension.get(itemPath('Small', 'Small-0')))).toContain('fwd=uri-miss');
});

it('a listed key that is not found is known to be absent', async () => {
  await start({
    cacheYaml: `
dynamodb:
  - table: Listed
    hashKey: id
    keys:
${listOf(['Listed-0', 'nobody'])}
`,
  });

  const reading = await asked(async () => {
    const answer = await extension.get(itemPath('Listed', 'nobody'));
    expect(answer.status).toBe(404);
    expect(statusIn(answer)).toMatch(/^dynamodb-cache; hit; ttl=\d+$/);
  });
  expect(reading.gets).toBe(0);
});

describe('a preload that cannot end in time', () => {
  it('leaves an extension that serves, and one warning of how much is in', async () => {
    dynamodb.proxy.holdAnswers('Scan');
    await start({
      cacheYaml: `
dynamodb:
  - { table: Small, hashKey: id }
  - table: Listed
    hashKey: id
    keys:
${listOf(idsOf('Listed', 10))}
`,
      env: { CACHE_EXTENSION_PRELOAD_TIMEOUT: '300ms' },
    });

    const groups = [
      { group: 'Small', state: 'partial', entries: 0, reason: 'its time-out of 300 ms passed' },
      { group: 'Listed', state: 'complete', entries: 10 },
    ];
    expect(await extension.whenLogged(({ level }) => level === 'WARN')).toMatchObject({ groups });
    expect((await extension.health()).preload).toEqual(groups);
    expect(statusIn(await extension.get(itemPath('Listed', 'Listed-9')))).toContain('; hit;');
    const onDemand = await extension.get(itemPath('Small', 'Small-1'));
    expect(onDemand.status).toBe(200);
    expect(statusIn(onDemand)).toContain('fwd=uri-miss');
    expect(extension.log).toHaveLength(1);
  });
});

it('stops at nine tenths of the bound, long before a table of ten times that is read', async () => {
  const maxBytes = 1_048_576;

  const loading = await asked(() =>
    start({
      cacheYaml: 'dynamodb: [{ table: Bulky, hashKey: id }]',
      env: { CACHE_EXTENSION_MAX_BYTES: String(maxBytes) },
    }),
  );

  const { store, preload } = await extension.health();
  // One checks the keys. A page has a megabyte, and four are read side by side.
  expect(loading.scans).toBeLessThanOrEqual(1 + 4);
  expect(preload).toEqual([
    {
      group: 'Bulky',
      state: 'partial',
      entries: store.entries,
      reason: 'nine tenths of the bound of the store are in use',
    },
  ]);
  expect(store.entries).toBe(Math.floor((maxBytes * 0.9) / (BULKY_BYTES + 1000)));
  expect(store.evictions).toBe(0);
  expect(await extension.whenLogged(({ level }) => level === 'WARN')).toMatchObject({ groups: preload });
});

describe('a table that is not what cache.yaml says', () => {
  it.each([
    ['does not exist', '{ table: Nowhere, hashKey: id }', 'Nowhere', /no such table/, /^upstream_refused$/],
    ['has another key', '{ table: Small, hashKey: name }', 'Small', /hashKey/, /id \(S\)/],
    [
      'has a key of another type',
      '{ table: Small, hashKey: id, hashKeyType: N }',
      'Small',
      /types/,
      /id \(S\)/,
    ],
  ])('%s: the others are loaded, and it is 502 with a hint', async (_, entry, table, hint, reason) => {
    await start({ cacheYaml: `dynamodb:\n  - ${entry}\n  - { table: Medium, hashKey: id }\n` });

    expect((await extension.health()).preload).toEqual([
      { group: table, state: 'failed', entries: 0, reason: expect.stringMatching(reason) },
      { group: 'Medium', state: 'complete', entries: 800 },
    ]);
    expect(await extension.whenLogged(({ level }) => level === 'ERROR')).toMatchObject({
      group: table,
      error: { message: expect.stringMatching(hint) },
    });
    const { status, headers, body } = await extension.get(itemPath(table, '1'));
    expect(status).toBe(502);
    expect(headers).not.toHaveProperty('cache-status');
    expect(JSON.parse(body)).toMatchObject({
      code: 'upstream_refused',
      detail: expect.stringMatching(hint),
    });
    expect(statusIn(await extension.get(itemPath('Medium', 'Medium-0')))).toContain('; hit;');
  });
});
