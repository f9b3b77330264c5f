import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { LAYER } from '../support/e2e/program.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { Gate } from '../support/fakes/gate.ts';
import { FaultProxy } from '../support/faults/fault-proxy.ts';
import { delayUntil, FAULTS } from '../support/faults/faults.ts';

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id }
`;

/** A layer has the 1,024 descriptors that Lambda gives to all processes, of which connections may take 640. */
const CROWD = LAYER === undefined ? 1_000 : 600;

let dynamodb: DynamoDbServer;
let proxy: FaultProxy;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  proxy = await FaultProxy.inFrontOf(dynamodb.endpoint);
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: proxy.endpoint,
    // Nothing in here is about how long a read may take, or how many may ask.
    env: { CACHE_EXTENSION_TIMEOUT: '30s', CACHE_EXTENSION_MAX_CONNECTIONS: '1200' },
  });
});

afterEach(() => proxy.heal());

afterAll(async () => {
  await extension.close();
  await proxy.close();
  await dynamodb.close();
});

const get = (id: string, headers = {}) => extension.get(itemPath('Things', id), headers);
const put = (...ids: readonly string[]) =>
  dynamodb.putAll(
    'Things',
    ids.map((id) => ({ id: { S: id } })),
  );
const readsOf = (id: string) => proxy.count(({ keys }) => keys.includes(id));

describe('a crowd', () => {
  /** Holds up all reads of DynamoDB; resolves with their gate. */
  const hold = (): Gate => {
    const gate = new Gate();
    proxy.inject({ fault: delayUntil((gone) => gate.pass(gone)) });
    return gate;
  };
  /** Resolves when that many more requests wait for reads than did. */
  const whenMissed = async (): Promise<(count: number) => Promise<unknown>> => {
    const before = (await extension.health()).counts.misses;
    return (count) =>
      eventually(
        () => extension.health(),
        ({ counts }) => counts.misses - before === count,
      );
  };

  it('two hundred who miss one item at the same time are one read', async () => {
    await put('popular');
    const missed = await whenMissed();
    const gate = hold();

    const answers = Promise.all(Array.from({ length: 200 }, () => get('popular')));
    await missed(200);
    gate.open();

    expect((await answers).filter(({ status }) => status === 200)).toHaveLength(200);
    expect(readsOf('popular')).toBe(1);
  });

  it(`${CROWD} who ask for a hundred items at the same time are a hundred reads`, async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `item-${index}`);
    await put(...ids);
    const missed = await whenMissed();
    const gate = hold();

    const asked = Array.from({ length: CROWD }, (_, index) => `item-${index % ids.length}`);
    const answers = Promise.all(asked.map((id) => get(id)));
    await missed(CROWD);
    gate.open();

    expect((await answers).map(({ body }) => JSON.parse(body).id)).toEqual(asked);
    expect(ids.map(readsOf)).toEqual(ids.map(() => 1));
  });

  it('a reader who gives up leaves the others their read', async () => {
    await put('left');
    const missed = await whenMissed();
    const gate = hold();
    const leaving = request({
      host: '127.0.0.1',
      port: extension.port,
      path: itemPath('Things', 'left'),
    }).end();
    const left = once(leaving, 'error');
    await missed(1);

    const answers = Promise.all(Array.from({ length: 10 }, () => get('left')));
    await missed(11);
    leaving.socket?.destroy();
    await left;
    gate.open();

    expect((await answers).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(readsOf('left')).toBe(1);
    expect((await get('left')).headers['cache-status']).toContain('; hit;');
  });
});

describe('an answer that is none', () => {
  it.each(['gzip', 'garbage', 'cut', 'empty', 'truncate', 'reset-midway', 'noise', 'bad-gateway'] as const)(
    '%s: 503, and nothing is kept of it',
    async (fault) => {
      const id = `broken-by-${fault}`;
      await put(id);
      const { entries } = (await extension.health()).store;
      proxy.inject({ fault: FAULTS[fault] });

      const broken = await get(id);

      expect(broken.status).toBe(503);
      expect(JSON.parse(broken.body).code).toBe('upstream_unavailable');
      expect((await get(id, { 'Cache-Control': 'only-if-cached' })).status).toBe(504);
      expect((await extension.health()).store.entries).toBe(entries);
      proxy.heal();
      expect(JSON.parse((await get(id)).body)).toEqual({ id });
    },
  );
});
