import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

interface OriginalResponse {
  readonly name: string;
  readonly dynamodbItem: AttributeMap;
  readonly seedBody: string;
}

const ORIGINALS: readonly OriginalResponse[] = JSON.parse(
  readFileSync(new URL('../vectors/seed-responses.json', import.meta.url), 'utf8'),
);

const CACHE_YAML = `
dynamodb:
  - table: Products
    hashKey: pKey
    sortKey: sKey
  - table: Picked
    hashKey: id
    fields: [some-name, size, a]
  - table: PickedWithKey
    hashKey: id
    fields: id, a
`;

const DIGITS = '12345678901234567890123456789012345678';
const FRACTION = '0.00012345678901234567890123456789012345678';
const WIDGET: AttributeMap = {
  pKey: { S: 'widget' },
  sKey: { S: 'v1' },
  digits: { N: DIGITS },
  fraction: { N: FRACTION },
};
const WIDGET_JSON = `{"digits":${DIGITS},"fraction":${FRACTION},"pKey":"widget","sKey":"v1"}`;
const WIDGET_PATH = itemPath('Products', 'widget', 'v1');
const PICKED: AttributeMap = {
  id: { S: 'one' },
  'some-name': { S: 'dotted' },
  some: { M: { name: { S: 'nested' } } },
  size: { N: '3' },
  a: { BOOL: true },
  b: { S: 'left out' },
};

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  const id = { name: 'id', type: 'S' } as const;
  await dynamodb.createTable({
    table: 'Products',
    hashKey: { name: 'pKey', type: 'S' },
    sortKey: { name: 'sKey', type: 'S' },
  });
  await dynamodb.createTable({ table: 'Picked', hashKey: id });
  await dynamodb.createTable({ table: 'PickedWithKey', hashKey: id });
  await dynamodb.put('Products', WIDGET);
  for (const { dynamodbItem } of ORIGINALS) await dynamodb.put('Products', dynamodbItem);
  await dynamodb.put('Picked', PICKED);
  await dynamodb.put('PickedWithKey', PICKED);
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

const reads = () => dynamodb.proxy.count('GetItem');

describe('an item that was preloaded', () => {
  it('is answered from memory, with every digit of its numbers, and says so', async () => {
    const { status, headers, body } = await extension.get(WIDGET_PATH);

    expect(status).toBe(200);
    expect(body).toBe(WIDGET_JSON);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(WIDGET_JSON)));
    expect(headers.etag).toMatch(/^"[^"]+"$/);
    expect(headers.age).toMatch(/^\d+$/);
    const [, ttl] = /^dynamodb-cache; hit; ttl=(\d+)$/.exec(String(headers['cache-status'])) ?? [];
    // Up to a tenth of the hour is taken off, so that not everything expires together.
    expect(Number(ttl)).toBeGreaterThan(3600 * 0.9 - 60);
    expect(Number(ttl)).toBeLessThanOrEqual(3600);
  });

  it('is not sent again to who has it', async () => {
    const { headers } = await extension.get(WIDGET_PATH);
    const again = await extension.get(WIDGET_PATH, { 'If-None-Match': `"other", ${headers.etag}` });

    expect(again).toMatchObject({ status: 304, body: '' });
    expect(again.headers.etag).toBe(headers.etag);
    expect(again.headers['cache-status']).toMatch(/^dynamodb-cache; hit; ttl=\d+$/);
    expect(await extension.get(WIDGET_PATH, { 'If-None-Match': '"other"' })).toMatchObject({
      status: 200,
      body: WIDGET_JSON,
    });
  });

  it('has the same headers for HEAD as for GET, and no body', async () => {
    const get = await extension.get(WIDGET_PATH);
    const head = await extension.request('HEAD', WIDGET_PATH);

    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers).toMatchObject({
      etag: get.headers.etag,
      'content-length': get.headers['content-length'],
      'content-type': get.headers['content-type'],
      'cache-status': expect.stringContaining('hit'),
    });
  });

  it.each(ORIGINALS)(
    'is what the original extension answers for $name',
    async ({ dynamodbItem, seedBody }) => {
      const { pKey, sKey } = dynamodbItem;
      if (pKey === undefined || sKey === undefined || !('S' in pKey && 'S' in sKey))
        throw new Error('no key');
      const { status, body, headers } = await extension.get(itemPath('Products', pKey.S, sKey.S));

      expect(status).toBe(200);
      expect(headers['cache-status']).toContain('hit');
      expect(JSON.parse(body)).toEqual(JSON.parse(seedBody));
    },
  );
});

it('an item that was deleted from the cache is next read with strong consistency, because it was probably written', async () => {
  await extension.delete(WIDGET_PATH);
  await extension.get(WIDGET_PATH);

  expect(dynamodb.requests.findLast(({ operation }) => operation === 'GetItem')?.body).toMatchObject({
    ConsistentRead: true,
  });
});

it('an item that was forgotten is read from DynamoDB once, and kept', async () => {
  const before = reads();

  expect(await extension.delete(WIDGET_PATH)).toMatchObject({ status: 204, body: '' });
  const miss = await extension.get(WIDGET_PATH);
  const hit = await extension.get(WIDGET_PATH);

  expect(miss).toMatchObject({ status: 200, body: WIDGET_JSON });
  expect(miss.headers['cache-status']).toBe('dynamodb-cache; fwd=uri-miss; fwd-status=200; stored');
  expect(hit.headers['cache-status']).toMatch(/^dynamodb-cache; hit; ttl=3(600|59\d)$/);
  expect(hit.headers.etag).toBe(miss.headers.etag);
  expect(reads() - before).toBe(1);
});

it('HEAD fills the cache as GET does', async () => {
  await extension.delete('/dynamodb?table=Products');

  const head = await extension.request('HEAD', WIDGET_PATH);
  const get = await extension.get(WIDGET_PATH);

  expect(head.headers['cache-status']).toContain('fwd=uri-miss');
  expect(get.headers['cache-status']).toContain('hit');
});

it('an item that does not exist is 404, and known to be absent from then on', async () => {
  const path = itemPath('Products', 'widget', 'v2');
  const before = reads();

  const first = await extension.get(path);
  const second = await extension.get(path);

  for (const { status, headers, body } of [first, second]) {
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 404, code: 'item_not_found', title: 'Not Found' });
  }
  expect(first.headers['cache-status']).toBe('dynamodb-cache; fwd=uri-miss; fwd-status=404; stored');
  expect(second.headers['cache-status']).toMatch(/^dynamodb-cache; hit; ttl=\d+$/);
  expect(reads() - before).toBe(1);
});

it('format=dynamodb answers the very bytes that DynamoDB sent', async () => {
  const path = `${WIDGET_PATH}&format=dynamodb`;

  const { status, headers, body } = await extension.get(path);
  const again = await extension.get(path);

  const { answer = '' } = dynamodb.requests.findLast(({ operation }) => operation === 'GetItem') ?? {};
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/x-amz-json-1.0');
  expect(`{"Item":${body}}`).toBe(answer);
  expect(again.body).toBe(body);
  expect(again.headers['cache-status']).toContain('hit');
});

it.each(['preloaded', 'read on demand'])('fields picks attributes of an item that was %s', async (how) => {
  if (how === 'read on demand') {
    await extension.delete('/dynamodb?table=Picked');
    await extension.delete('/dynamodb?table=PickedWithKey');
  }
  const picked = await extension.get(itemPath('Picked', 'one'));
  const withKey = await extension.get(itemPath('PickedWithKey', 'one'));

  expect(picked.headers['cache-status']).toContain(how === 'preloaded' ? 'hit' : 'fwd=uri-miss');
  // Dots are part of the name, `size` is a reserved word, and the key was not asked for.
  expect(picked.body).toBe('{"a":true,"size":3,"some-name":"dotted"}');
  expect(withKey.body).toBe('{"a":true,"id":"one"}');
  const typed = await extension.get(`${itemPath('Picked', 'one')}&format=dynamodb`);
  expect(JSON.parse(typed.body)).toEqual({
    a: PICKED.a,
    'some-name': PICKED['some-name'],
    size: PICKED.size,
  });
});
