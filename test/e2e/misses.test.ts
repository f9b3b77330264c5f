import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';

const CACHE_YAML = `
dynamodb:
  - table: Things
    hashKey: id
`;

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    // Nothing in here is about how long a read may take.
    env: { CACHE_EXTENSION_TIMEOUT: '30s' },
  });
});

afterEach(() => dynamodb.proxy.heal());

afterAll(async () => {
  await extension.close();
  await dynamodb.close();
});

const put = (id: string, version: number) =>
  dynamodb.put('Things', { id: { S: id }, version: { N: String(version) } });
const get = (id: string, headers = {}) => extension.get(itemPath('Things', id), headers);
const versionIn = ({ body }: HttpAnswer): unknown => JSON.parse(body).version;
const statusIn = ({ headers }: HttpAnswer): string => String(headers['cache-status']);
const reads = () => dynamodb.proxy.count('GetItem');

it('fifty misses of one key at the same time are one read of DynamoDB', async () => {
  await put('popular', 1);
  const before = { reads: reads(), collapsed: (await extension.health()).counts.collapsed };
  const gate = dynamodb.proxy.holdAnswers('GetItem');

  const answers = Promise.all(Array.from({ length: 50 }, () => get('popular')));
  await gate.arrived();
  await eventually(
    () => extension.health(),
    ({ counts }) => counts.collapsed - before.collapsed === 49,
  );
  gate.open();

  expect(reads() - before.reads).toBe(1);
  const statuses = (await answers).map(statusIn).sort();
  expect(statuses[0]).toBe('dynamodb-cache; fwd=uri-miss; fwd-status=200; stored');
  expect(new Set(statuses.slice(1))).toEqual(
    new Set(['dynamodb-cache; fwd=uri-miss; fwd-status=200; stored; collapsed']),
  );
  expect((await answers).map(versionIn)).toEqual(Array.from({ length: 50 }, () => 1));
  expect(reads() - before.reads).toBe(1);
});

it.each([
  ['the item', '/dynamodb?table=Things&hashKey=deleted'],
  ['the whole table', '/dynamodb?table=Things'],
])('forgetting %s during a read is not undone by the read', async (_, forgotten) => {
  await put('deleted', 1);
  await extension.delete(itemPath('Things', 'deleted'));
  const gate = dynamodb.proxy.holdAnswers('GetItem');
  const slow = get('deleted');
  await gate.arrived();

  await put('deleted', 2);
  expect((await extension.delete(forgotten)).status).toBe(204);
  gate.open();

  const early = await slow;
  expect(versionIn(early)).toBe(1);
  expect(statusIn(early)).toBe('dynamodb-cache; fwd=uri-miss; fwd-status=200');
  const later = await get('deleted');
  expect(versionIn(later)).toBe(2);
  expect(statusIn(later)).toBe('dynamodb-cache; fwd=uri-miss; fwd-status=200; stored');
});

it('who comes after the item was forgotten does not get what was read before', async () => {
  await put('overtaken', 1);
  const gate = dynamodb.proxy.holdAnswers('GetItem');
  const before = get('overtaken');
  await gate.arrived();
  await put('overtaken', 2);
  await extension.delete(itemPath('Things', 'overtaken'));

  const { counts } = await extension.health();
  const after = get('overtaken');
  await eventually(
    () => extension.health(),
    (health) => health.counts.misses > counts.misses,
  );
  gate.open();

  expect(versionIn(await before)).toBe(1);
  expect(versionIn(await after)).toBe(2);
  expect(versionIn(await get('overtaken'))).toBe(2);
});

it('no-cache during a slow read asks again, and gets what is there now', async () => {
  await put('renewed', 1);
  const before = reads();
  const gate = dynamodb.proxy.holdAnswers('GetItem');
  const slow = get('renewed');
  await gate.arrived();
  await put('renewed', 2);

  const { counts } = await extension.health();
  const exact = get('renewed', { 'Cache-Control': 'no-cache' });
  await eventually(
    () => extension.health(),
    (health) => health.counts.misses > counts.misses,
  );
  gate.open();

  expect(versionIn(await slow)).toBe(1);
  expect(versionIn(await exact)).toBe(2);
  expect(reads() - before).toBe(2);
  const kept = await get('renewed');
  expect(versionIn(kept)).toBe(2);
  expect(statusIn(kept)).toContain('; hit;');
});

it('max-age asks again for what is older, and only-if-cached asks for nothing', async () => {
  await put('aged', 1);
  expect(await get('aged', { 'Cache-Control': 'only-if-cached' })).toMatchObject({ status: 504 });
  await get('aged');
  await put('aged', 2);

  expect(versionIn(await get('aged', { 'Cache-Control': 'max-age=3600' }))).toBe(1);
  expect(versionIn(await get('aged', { 'Cache-Control': 'only-if-cached' }))).toBe(1);
  const renewed = await eventually(
    () => get('aged', { 'Cache-Control': 'max-age=0' }),
    (answer) => !statusIn(answer).includes('; hit;'),
  );
  expect(statusIn(renewed)).toBe('dynamodb-cache; fwd=request; fwd-status=200; stored');
  expect(versionIn(renewed)).toBe(2);
});

it('makes as many calls at the same time as CACHE_EXTENSION_MAX_UPSTREAM_READS allows', async () => {
  const wide = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_TIMEOUT: '30s', CACHE_EXTENSION_MAX_UPSTREAM_READS: '120' },
  });
  try {
    const before = reads();
    const gate = dynamodb.proxy.holdAnswers('GetItem');
    const answers = Promise.all(
      Array.from({ length: 121 }, (_, id) => wide.get(itemPath('Things', `wide-${id}`))),
    );
    await eventually(
      async () => reads() - before,
      (count) => count === 120,
    );
    gate.open();

    expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([404]));
    expect(reads() - before).toBe(121);
  } finally {
    await wide.close();
  }
});
