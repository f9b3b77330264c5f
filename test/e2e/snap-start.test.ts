import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

const CACHE_YAML = 'dynamodb: [{ table: Things, hashKey: id }]';
const ITEM = itemPath('Things', 'one');

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.put('Things', { id: { S: 'one' } });
});

beforeEach(() => {
  asked = dynamodb.requests.length;
});

afterEach(async () => {
  dynamodb.hold().open();
  await extension.close();
});

afterAll(() => dynamodb.close());

/** What had gone over the wire before the test. */
let asked: number;
const requests = () => dynamodb.requests.slice(asked);

const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_INIT_STARTUP: 'true', ...env },
    lambda: { initializationType: 'snap-start' },
  });
};

const preloadState = async () => (await extension.health()).preload[0]?.state;

describe('under SnapStart', () => {
  it('nothing goes over the wire before the first invocation, which starts the preload', async () => {
    await start();
    const { lambda } = extension;
    expect(await preloadState()).toBe('waiting');
    lambda.freeze();
    lambda.thaw();
    expect(await preloadState()).toBe('waiting');
    expect(requests()).toEqual([]);
    expect(lambda.journal.find('credentials')).toBeUndefined();

    await lambda.invoke();
    await eventually(preloadState, (state) => state === 'complete');

    expect(lambda.journal.order('init-done', 'event', 'credentials')).toEqual([
      'init-done',
      'event',
      'credentials',
    ]);
    expect((await extension.get(ITEM)).headers['cache-status']).toContain('; hit;');
  });

  it("reads are signed with the credentials of Lambda's endpoint, fetched once", async () => {
    await start();
    await extension.lambda.invoke();
    await eventually(preloadState, (state) => state === 'complete');
    await extension.get(ITEM, { 'Cache-Control': 'no-cache' });

    expect(requests().length).toBeGreaterThan(1);
    for (const { headers } of requests()) {
      expect(headers.authorization).toContain('Credential=emulated-key-id/');
      expect(headers['x-amz-security-token']).toBe('emulated-session');
    }
    expect(extension.lambda.journal.order('credentials')).toHaveLength(1);
  });

  it('a request that overtakes the event of the first invocation waits for it, and is answered', async () => {
    await start();
    const { lambda } = extension;
    const answered = extension.get(ITEM).then((answer) => {
      lambda.journal.record('answered');
      return answer;
    });
    // Whatever was asked before this has been received.
    await extension.health();
    expect(requests()).toEqual([]);

    await lambda.invoke();

    expect(await answered).toMatchObject({ status: 200, body: '{"id":"one"}' });
    expect(lambda.journal.order('event', 'answered')).toEqual(['event', 'answered']);
  });

  it('a request that sleeps in the snapshot is answered after the restore', async () => {
    await start({ CACHE_EXTENSION_TIMEOUT: '1500ms' });
    const { lambda } = extension;
    const answered = extension.get(ITEM);
    await extension.health();
    lambda.freeze();
    await delay(2_600);

    await lambda.invoke();

    expect(await answered).toMatchObject({ status: 200, body: '{"id":"one"}' });
  });

  it('requests of the initialization fail soon, long before their time-out, and are served later', async () => {
    await start({ CACHE_EXTENSION_TIMEOUT: '60s' });
    const keys = ['one', 'two', 'three', 'four'];
    const startedAt = performance.now();
    const early = await Promise.all(keys.map((key) => extension.get(itemPath('Things', key))));

    // A busy machine needs some time more than the 250 ms.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    for (const { status, headers, body } of early) {
      expect(status).toBe(503);
      expect(headers['retry-after']).toBeUndefined();
      expect(JSON.parse(body)).toMatchObject({
        code: 'upstream_unavailable',
        detail: expect.stringContaining('reads no values before the first invocation: read in the handler'),
      });
    }
    expect(requests()).toEqual([]);
    expect((await extension.health()).counts).toMatchObject({ failures: 4, sourceFailures: 0 });

    await extension.lambda.invoke();

    expect(await extension.get(ITEM)).toMatchObject({ status: 200 });
  });

  it('the preload holds no invocation up, however long it takes', async () => {
    await start();
    const { lambda } = extension;
    const gate = dynamodb.hold();
    const kept = [];
    for (const n of [1, 2, 3]) {
      await lambda.invoke();
      const event = await lambda.when('event', n);
      kept.push((await lambda.when('extension-done', n)).atMs - event.atMs);
    }
    gate.open();
    await eventually(preloadState, (state) => state === 'complete');
    await lambda.invoke();

    for (const keptMs of kept) expect(keptMs).toBeLessThan(1_000);
    expect(Math.min(...kept)).toBeLessThan(500);
    expect(dynamodb.proxy.count('Scan')).toBeGreaterThan(0);
  });

  it('no credentials mean 503 at once, not a function that hangs', async () => {
    await start({ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong', CACHE_EXTENSION_INIT_STARTUP: 'false' });
    await extension.lambda.invoke();

    const answer = await extension.get(ITEM);

    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'upstream_unavailable' });
    expect(requests()).toEqual([]);
  });

  it('SHUTDOWN ends it without any invocation, at once and with exit status 0', async () => {
    await start();
    const waiting = extension.get(ITEM).catch(() => 'hung up');
    await extension.health();

    expect(await extension.lambda.shutdown()).toMatchObject({ code: 0, signal: null });
    expect(await waiting).toBe('hung up');
    expect(requests()).toEqual([]);
  });
});

it('elsewhere the preload is done before the first invocation', async () => {
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_INIT_STARTUP: 'true' },
    lambda: { initializationType: 'provisioned-concurrency' },
  });

  expect(await preloadState()).toBe('complete');
});
