import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id, ttl: 100ms, staleWhileRevalidate: 1h }
`;
const IDS = Array.from({ length: 20 }, (_, index) => `item-${index}`);
const INVOCATIONS = 8;

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  for (const id of IDS) await dynamodb.put('Things', { id: { S: id } });
});

afterEach(async () => {
  dynamodb.hold().open();
  await extension.close();
});

afterAll(() => dynamodb.close());

const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  extension = await startExtension({ cacheYaml: CACHE_YAML, endpoint: dynamodb.endpoint, env });
};

const readAll = () => Promise.all(IDS.map((id) => extension.get(itemPath('Things', id))));

/** For how long the extension kept the n-th invocation. */
const keptForMs = async (n: number): Promise<number> => {
  const invoked = await extension.lambda.when('event', n);
  const done = await extension.lambda.when('extension-done', n);
  return done.atMs - invoked.atMs;
};

describe('invocations while DynamoDB hangs', () => {
  it('are held up for a tenth of a second each, and pile no reads up', async () => {
    await start({ CACHE_EXTENSION_TIMEOUT: '60s' });
    await readAll();
    // First, or what is refreshed behind one read is fresh again at the next.
    dynamodb.hold();
    await eventually(readAll, (answers) =>
      answers.every(({ headers }) => String(headers['cache-status']).includes('stale')),
    );
    const before = dynamodb.requests.length;
    const startedAtMs = performance.now();

    const kept: number[] = [];
    for (let n = 1; n <= INVOCATIONS; n += 1) {
      for (const { status } of await readAll()) expect(status).toBe(200);
      await extension.lambda.invoke();
      kept.push(await keptForMs(n));
    }

    for (const keptMs of kept) expect(keptMs).toBeLessThan(1_000);
    expect(Math.min(...kept)).toBeLessThan(500);
    // What may have slept is given up after half a second, and asked for again.
    const halfSeconds = Math.ceil((performance.now() - startedAtMs) / 500);
    expect(dynamodb.requests.length - before).toBeLessThanOrEqual((IDS.length + 1) * (halfSeconds + 1));
    // Each item is on its way once at most, by itself or in a batch. That others were given up may be seen a moment later.
    await eventually(
      async () => dynamodb.waiting,
      (waiting) => waiting <= IDS.length + 1,
    );
  });
});

describe('the metrics', () => {
  const figures = () =>
    extension.lambda.output.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line));

  it('are one line at the first invocation, none at those of the same minute, and one at SHUTDOWN', async () => {
    await start({ CACHE_EXTENSION_METRICS: 'emf' });
    expect(figures()).toEqual([]);
    await extension.get(itemPath('Things', 'item-0'));
    for (let n = 1; n <= 5; n += 1) await extension.lambda.invoke();
    await extension.get(itemPath('Things', 'item-1'));
    expect(figures()).toHaveLength(1);

    await extension.lambda.shutdown();

    expect(figures()).toMatchObject([
      { Misses: 1, SourceReads: 1, Entries: 1 },
      { Misses: 1, SourceReads: 1, Entries: 2 },
    ]);
  });

  it('are what CloudWatch takes for metrics: a line of their own, each figure named, few enough and not too old', async () => {
    await start({ CACHE_EXTENSION_METRICS: 'emf' });
    await extension.lambda.invoke();
    await extension.lambda.shutdown();

    expect(figures()).toHaveLength(2);
    for (const { _aws: metadata, ...values } of figures()) {
      expect(Math.abs(metadata.Timestamp - Date.now())).toBeLessThan(60_000);
      expect(metadata.CloudWatchMetrics).toHaveLength(1);
      const [{ Namespace, Dimensions, Metrics }] = metadata.CloudWatchMetrics;
      expect(Namespace).toMatch(/^[\w.-/#]{1,255}$/);
      expect(Dimensions).toEqual([['FunctionName']]);
      expect(Metrics.length).toBeLessThanOrEqual(100);
      const names = Metrics.map(({ Name }: { readonly Name: string }) => Name);
      expect(Object.keys(values).toSorted()).toEqual(['FunctionName', ...names].toSorted());
      expect(values.FunctionName).toBe('sample');
      for (const { Name, Unit } of Metrics) {
        expect(['Count', 'Bytes']).toContain(Unit);
        expect(Number.isFinite(values[Name])).toBe(true);
      }
    }
  });

  it('are not written unless they are asked for', async () => {
    await start();
    await extension.lambda.invoke();
    await extension.lambda.shutdown();

    expect(figures()).toEqual([]);
  });
});
