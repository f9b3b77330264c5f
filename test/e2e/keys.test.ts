import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath, structuredPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

const TABLES = [
  { table: 'Numbered', hashKey: { name: 'h', type: 'S' }, sortKey: { name: 's', type: 'N' } },
  { table: 'Binary', hashKey: { name: 'h', type: 'B' } },
  { table: 'Plain', hashKey: { name: 'h', type: 'S' } },
  { table: 'Texts', hashKey: { name: 'h', type: 'S' }, sortKey: { name: 's', type: 'S' } },
] as const;

/** Every table once for long, and once, as if it were another region's, for a moment. */
const CACHE_YAML = `
dynamodb:
  - { table: Numbered, hashKey: h, sortKey: s, sortKeyType: N }
  - { table: Binary, hashKey: h, hashKeyType: B }
  - { table: Plain, hashKey: h }
  - { table: Texts, hashKey: h, sortKey: s }
  - { table: Numbered, name: ShortNumbered, region: us-east-1, ttl: 150ms, hashKey: h, sortKey: s, sortKeyType: N }
  - { table: Binary, name: ShortBinary, region: us-east-1, ttl: 150ms, hashKey: h, hashKeyType: B }
  - { table: Plain, name: ShortPlain, region: us-east-1, ttl: 150ms, hashKey: h }
  - { table: Texts, name: ShortTexts, region: us-east-1, ttl: 150ms, hashKey: h, sortKey: s }
`;

interface Sample {
  readonly table: string;
  readonly key: AttributeMap;
  /** As a request writes them. */
  readonly hash: string;
  readonly sort?: string;
}

const SAMPLES: readonly Sample[] = [
  { table: 'Numbered', key: { h: { S: 'a' }, s: { N: '-12.5' } }, hash: 'a', sort: '-12.5' },
  {
    table: 'Numbered',
    key: { h: { S: 'a' }, s: { N: '12345678901234567890' } },
    hash: 'a',
    sort: '12345678901234567890',
  },
  { table: 'Binary', key: { h: { B: '++//AAE=' } }, hash: '++//AAE=' },
  { table: 'Plain', key: { h: { S: 'a@@b' } }, hash: 'a@@b' },
  { table: 'Plain', key: { h: { S: '100% + 1 & ü 😀' } }, hash: '100% + 1 & ü 😀' },
  { table: 'Texts', key: { h: { S: '%41 +' }, s: { S: ' 😀=?#' } }, hash: '%41 +', sort: ' 😀=?#' },
  { table: 'Texts', key: { h: { S: 'x@@y' }, s: { S: '@@z@' } }, hash: 'x@@y', sort: '@@z@' },
];

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  for (const table of TABLES) await dynamodb.createTable(table);
  for (const { table, key } of SAMPLES) await dynamodb.put(table, { ...key, version: { N: '1' } });
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_INIT_STARTUP: 'true' },
  });
});

afterAll(async () => {
  await extension.close();
  await dynamodb.close();
});

const versionIn = (body: string): unknown => JSON.parse(body).version;
const statusIn = ({ headers }: { headers: NodeJS.Dict<string | string[]> }): string =>
  String(headers['cache-status']);

describe.each(SAMPLES)('the item $hash | $sort of $table', ({ table, key, hash, sort }) => {
  it('is preloaded, and answered from memory by its key', async () => {
    const before = dynamodb.proxy.count('GetItem');

    const { status, headers, body } = await extension.get(structuredPath(table, hash, sort));

    expect(status).toBe(200);
    expect(statusIn({ headers })).toContain('; hit;');
    expect(versionIn(body)).toBe(1);
    expect(dynamodb.proxy.count('GetItem')).toBe(before);
  });

  it('is read again once it has expired, and answered as it is then', async () => {
    const path = structuredPath(`Short${table}`, hash, sort);
    await extension.delete(path);
    expect(statusIn(await extension.get(path))).toContain('fwd=uri-miss; fwd-status=200; stored');
    await dynamodb.put(table, { ...key, version: { N: '2' } });

    const expired = await eventually(
      () => extension.get(path),
      (answer) => !statusIn(answer).includes('; hit;'),
    );

    expect(statusIn(expired)).toBe('dynamodb-cache; fwd=stale; fwd-status=200; stored');
    expect(versionIn(expired.body)).toBe(2);
    await dynamodb.put(table, { ...key, version: { N: '1' } });
  });
});

it.each(SAMPLES.filter(({ hash, sort }) => sort === undefined || !hash.includes('@@')))(
  'the name of $hash | $sort of $table means the same item as its parts',
  async ({ table, hash, sort }) => {
    const named = await extension.get(itemPath(table, hash, sort));
    const structured = await extension.get(structuredPath(table, hash, sort));

    expect(named.status).toBe(200);
    expect(named.headers.etag).toBe(structured.headers.etag);
    expect(statusIn(named)).toContain('; hit;');
  },
);

it('a plus in a name is a space, and %2B is a plus', async () => {
  await dynamodb.put('Plain', { h: { S: '1 1' }, is: { S: 'space' } });
  await dynamodb.put('Plain', { h: { S: '1+1' }, is: { S: 'plus' } });

  expect((await extension.get('/dynamodb?name=Plain@@1+1')).body).toContain('space');
  expect((await extension.get('/dynamodb?name=Plain@@1%2B1')).body).toContain('plus');
});

it('a table without a sort key takes a name that ends in its delimiter', async () => {
  await dynamodb.put('Plain', { h: { S: 'trailing' } });

  expect((await extension.get(itemPath('Plain', 'trailing'))).status).toBe(200);
  expect(statusIn(await extension.get(itemPath('Plain', 'trailing', '')))).toContain('; hit;');
});

it.each([
  ['numbers', 'Numbered', ['1', '1.0', '01', '1e0', '+1', '10E-1'], { h: { S: 'n' }, s: { N: '1' } }],
  ['binary', 'Binary', ['--__', '++//'], { h: { B: '++//' } }],
  ['unpadded binary', 'Binary', ['AQ==', 'AQ'], { h: { B: 'AQ==' } }],
] as const)('all notations of equal %s name one entry', async (_, table, notations, key) => {
  await dynamodb.put(table, { ...key, version: { N: '1' } });
  const before = dynamodb.proxy.count('GetItem');

  const answers = [];
  for (const notation of notations) {
    const path =
      table === 'Numbered' ? structuredPath(table, 'n', notation) : structuredPath(table, notation);
    answers.push(await extension.get(path));
  }

  expect(answers.map(({ status }) => status)).toEqual(notations.map(() => 200));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(dynamodb.proxy.count('GetItem') - before).toBe(1);
});

it('a name that can be split in two ways is refused, and its parts name either item', async () => {
  await dynamodb.put('Texts', { h: { S: 'a' }, s: { S: '@b' }, is: { S: 'first' } });
  await dynamodb.put('Texts', { h: { S: 'a@' }, s: { S: 'b' }, is: { S: 'second' } });

  const { status, body } = await extension.get('/dynamodb?name=Texts@@a@@@b');

  expect(status).toBe(400);
  expect(JSON.parse(body)).toMatchObject({
    code: 'ambiguous_name',
    detail: expect.stringMatching(/table, hashKey and sortKey/),
  });
  expect((await extension.get(structuredPath('Texts', 'a', '@b'))).body).toContain('first');
  expect((await extension.get(structuredPath('Texts', 'a@', 'b'))).body).toContain('second');
});
