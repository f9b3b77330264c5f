import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';

const TTL_MS = 2_000;
const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id, ttl: ${TTL_MS}ms, staleWhileRevalidate: 1h }
`;
const ITEM = itemPath('Things', 'one');

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
});

afterEach(async () => {
  dynamodb.hold().open();
  await extension.close();
});

afterAll(() => dynamodb.close());

const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  await dynamodb.put('Things', { id: { S: 'one' }, version: { N: '1' } });
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    env,
    lambda: { initializationType: 'lambda-managed-instances' },
  });
};

const statusIn = ({ headers }: HttpAnswer): string => String(headers['cache-status']);
const versionIn = ({ body }: HttpAnswer): unknown => JSON.parse(body).version;

describe('on Managed Instances, which tell extensions of no invocation', () => {
  it('the preload is done before the first request', async () => {
    await start({ CACHE_EXTENSION_INIT_STARTUP: 'true' });

    expect(statusIn(await extension.get(ITEM))).toContain('; hit;');
    expect((await extension.health()).preload).toMatchObject([{ state: 'complete' }]);
  });

  it('a stale item is answered at once, and read again behind', async () => {
    await start();
    await extension.get(ITEM);
    await dynamodb.put('Things', { id: { S: 'one' }, version: { N: '2' } });
    // Exact, and never past memory: this looks without being seen.
    const look = () => extension.get(ITEM, { 'Cache-Control': 'only-if-cached' });
    await eventually(look, (answer) => statusIn(answer).includes('stale'));
    const gate = dynamodb.hold();

    const stale = await extension.get(ITEM);
    await gate.arrived();
    gate.open();
    const fresh = await eventually(look, (answer) => !statusIn(answer).includes('stale'));

    expect(versionIn(stale)).toBe(1);
    expect(statusIn(stale)).toMatch(/^dynamodb-cache; hit; ttl=(0|-\d+); detail=stale-while-revalidate$/);
    expect(versionIn(fresh)).toBe(2);
    expect(extension.lambda.journal.find('invoke-start')).toBeUndefined();
  });

  it('an item in use is read again shortly before it expires, so that it never does', async () => {
    await start();
    await extension.get(ITEM);
    const startedAtMs = Date.now();
    const before = dynamodb.proxy.count('GetItem');

    const seen: string[] = [];
    await eventually(
      async () => {
        seen.push(statusIn(await extension.get(ITEM)));
      },
      () => Date.now() - startedAtMs > 2.2 * TTL_MS,
    );

    // It would expire twice. Where this machine is slow, one request may come too late for once.
    const expired = seen.filter((status) => !/^dynamodb-cache; hit; ttl=[01]$/.test(status));
    expect(expired.length).toBeLessThanOrEqual(1);
    expect(dynamodb.proxy.count('GetItem') - before).toBeGreaterThanOrEqual(2);
    expect(dynamodb.proxy.count('GetItem') - before).toBeLessThanOrEqual(4);
  });

  it('SHUTDOWN ends it at once, with exit status 0 and the figures', async () => {
    await start({ CACHE_EXTENSION_METRICS: 'emf' });
    await extension.get(ITEM);

    expect(await extension.lambda.shutdown()).toMatchObject({ code: 0, signal: null });

    const figures = extension.lambda.output.filter((line) => line.includes('"_aws"'));
    expect(figures.map((line) => JSON.parse(line))).toMatchObject([{ Misses: 1 }]);
  });
});
