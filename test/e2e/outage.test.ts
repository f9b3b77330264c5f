import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id }
  - { table: Things, name: Brief, region: us-east-1, hashKey: id, ttl: 100ms, negativeTtl: 100ms }
  - { table: Things, name: Strict, region: us-east-2, hashKey: id, ttl: 100ms, staleIfError: 0s }
`;
const IDS = ['one', 'two', 'three', 'four', 'five'];

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
});

beforeEach(async () => {
  for (const id of IDS) await dynamodb.put('Things', { id: { S: id }, version: { N: '1' } });
  extension = await startExtension({ cacheYaml: CACHE_YAML, endpoint: dynamodb.endpoint });
});

afterEach(async () => {
  dynamodb.hold().open();
  await dynamodb.stop();
  await dynamodb.restart();
  await extension.close();
});

afterAll(() => dynamodb.close());

const statusIn = ({ headers }: HttpAnswer): string => String(headers['cache-status']);
const codeIn = ({ body }: HttpAnswer): unknown => JSON.parse(body).code;
const versionIn = ({ body }: HttpAnswer): unknown => JSON.parse(body).version;

/** Brings the item in, and has its table go away once it has expired. */
const loseExpired = async (path: string): Promise<void> => {
  await extension.get(path);
  await eventually(
    () => extension.get(path, { 'Cache-Control': 'only-if-cached' }),
    ({ status }) => status === 504,
  );
  await dynamodb.stop();
};

describe('while DynamoDB refuses connections', () => {
  it('an expired item is answered as it was, and says so', async () => {
    const path = itemPath('Brief', 'one');
    await loseExpired(path);

    const first = await extension.get(path);
    const second = await extension.get(path);

    expect(first).toMatchObject({ status: 200, body: '{"id":"one","version":1}' });
    expect(statusIn(first)).toMatch(/^dynamodb-cache; fwd=stale; detail=stale-if-error; ttl=(0|-\d+)$/);
    // For a second DynamoDB is not asked for it again.
    expect(statusIn(second)).toMatch(/^dynamodb-cache; hit; ttl=(0|-\d+); detail=stale-if-error$/);
    expect((await extension.health()).counts.sourceFailures).toBe(1);
  });

  it('who asks for exactness gets the failure, not the stale item', async () => {
    const path = itemPath('Brief', 'one');
    await loseExpired(path);

    const exact = await extension.get(path, { 'Cache-Control': 'no-cache' });

    expect(exact.status).toBe(503);
    expect(codeIn(exact)).toBe('upstream_unavailable');
    expect((await extension.get(path)).status).toBe(200);
  });

  it('a table that wants nothing stale has its failure reported', async () => {
    const path = itemPath('Strict', 'one');
    await loseExpired(path);

    expect((await extension.get(path)).status).toBe(503);
  });

  it('a fresh item is a hit as ever', async () => {
    await extension.get(itemPath('Things', 'one'));
    await dynamodb.stop();

    expect(statusIn(await extension.get(itemPath('Things', 'one')))).toContain('; hit;');
  });

  it('an unknown item is 503, never 404; so is one that was known to be absent', async () => {
    const absent = itemPath('Brief', 'nobody');
    expect((await extension.get(absent)).status).toBe(404);
    await loseExpired(absent);

    for (const path of [absent, itemPath('Things', 'one'), itemPath('Things', 'nobody')]) {
      const answer = await extension.get(path);
      expect(answer.status).toBe(503);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.headers).not.toHaveProperty('cache-status');
      expect(codeIn(answer)).toBe('upstream_unavailable');
    }
  });

  it('a probe a second goes to DynamoDB, however many requests come', async () => {
    await dynamodb.stop();
    for (const id of IDS) expect((await extension.get(itemPath('Things', id))).status).toBe(503);
    // Three failures in a row, and nobody waits for a fourth.
    expect((await extension.health()).counts.sourceReads).toBe(3);
    const brokenAtMs = performance.now();

    let requests = 0;
    const probesReach = (total: number) =>
      eventually(
        async () => {
          const answers = await Promise.all(IDS.map((id) => extension.get(itemPath('Things', id))));
          requests += answers.length;
          expect(answers.map(({ status }) => status)).toEqual(IDS.map(() => 503));
          // All but the one that is the probe are told when to come again.
          const waiting = answers.filter(({ headers }) => headers['retry-after'] === '1');
          expect(waiting.length).toBeGreaterThanOrEqual(IDS.length - 1);
          return extension.health();
        },
        ({ counts }) => counts.sourceReads >= total,
      );
    await probesReach(4);
    const { counts } = await probesReach(5);

    expect(counts.sourceReads).toBe(5);
    // The line broke a moment before it was seen to be broken.
    expect(performance.now() - brokenAtMs).toBeGreaterThan(1_900);
    expect(requests).toBeGreaterThan(50);
  });
});

it('all is fresh again a moment after DynamoDB is back', async () => {
  const path = itemPath('Brief', 'one');
  await loseExpired(path);
  for (const id of IDS) await extension.get(itemPath('Brief', id));
  await dynamodb.put('Things', { id: { S: 'one' }, version: { N: '2' } });
  await dynamodb.restart();

  const fresh = await eventually(
    () => extension.get(path),
    (answer) => !statusIn(answer).includes('stale-if-error'),
  );

  expect(versionIn(fresh)).toBe(2);
  expect((await extension.get(itemPath('Things', 'two'))).status).toBe(200);
});

describe('while DynamoDB does not answer', () => {
  beforeEach(async () => {
    await extension.close();
    extension = await startExtension({
      cacheYaml: CACHE_YAML,
      endpoint: dynamodb.endpoint,
      env: { CACHE_EXTENSION_TIMEOUT: '250ms' },
    });
  });

  it('an unknown item is 504, never 404, and an expired one is answered as it was', async () => {
    const expired = itemPath('Brief', 'one');
    await loseExpired(expired);
    await dynamodb.restart();
    const gate = dynamodb.hold();

    const unknown = await extension.get(itemPath('Things', 'nobody'));
    const stale = await extension.get(expired);

    expect(unknown.status).toBe(504);
    expect(codeIn(unknown)).toBe('upstream_timeout');
    expect(stale).toMatchObject({ status: 200 });
    expect(statusIn(stale)).toContain('fwd=stale; detail=stale-if-error');
    gate.open();
    expect((await extension.get(itemPath('Things', 'nobody'))).status).toBe(404);
  });

  it('a read is given up at the time-out, for all who wait for it', async () => {
    const gate = dynamodb.hold();
    const before = dynamodb.proxy.count('GetItem');
    const startedAtMs = performance.now();

    const answers = await Promise.all(IDS.map(() => extension.get(itemPath('Things', 'one'))));

    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(245);
    expect(answers.map(({ status }) => status)).toEqual(IDS.map(() => 504));
    expect(dynamodb.proxy.count('GetItem') - before).toBe(1);
    gate.open();
  });
});
