import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

/** The long variant takes a minute and a half, and outlasts what a server of Node.js keeps of idle connections. */
const IS_LONG = process.env.CACHE_TEST_LONG_FREEZES !== undefined;
const FREEZES = IS_LONG ? 10 : 2;
const FREEZE_MS = IS_LONG ? 7_000 : 2_200;
const TIMEOUT_MS = 30_000 + FREEZES * FREEZE_MS;

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id }
  - { table: Things, name: Brief, region: us-east-1, hashKey: id, ttl: 1s }
  - { table: Things, name: Stale, region: us-east-2, hashKey: id, ttl: 100ms, staleWhileRevalidate: 1h }
`;
const IDS = Array.from({ length: 10 }, (_, index) => `item-${index}`);
const FUNCTION = fileURLToPath(new URL('../support/e2e/keeping-function.mjs', import.meta.url));

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
});

const putVersion = async (version: number): Promise<void> => {
  for (const id of IDS) await dynamodb.put('Things', { id: { S: id }, version: { N: String(version) } });
};

beforeEach(() => putVersion(1));

afterEach(async () => {
  dynamodb.hold().open();
  await extension.close();
});

afterAll(() => dynamodb.close());

const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: dynamodb.endpoint,
    env,
    lambda: { functionProcess: { command: [process.execPath, FUNCTION] } },
  });
};

interface FunctionAnswer {
  readonly status?: number;
  readonly cacheStatus?: string;
  readonly body?: string;
  readonly failure?: string;
}

/** Has the function ask for the items, all at once. */
const invoke = async (...paths: readonly string[]): Promise<readonly FunctionAnswer[]> => {
  const { payload } = await extension.lambda.invoke(
    paths.map((path) => `http://127.0.0.1:${extension.port}${path}`),
  );
  if (!Array.isArray(payload)) throw new Error(`the function failed: ${JSON.stringify(payload)}`);
  return payload;
};

const versionsIn = (answers: readonly FunctionAnswer[]) =>
  answers.map(
    ({ status, body = '{}', failure }) => failure ?? (status === 200 ? JSON.parse(body).version : status),
  );

/** Stops extension and function, and has DynamoDB close all connections meanwhile. */
const freeze = async (meanwhile: () => Promise<void> = async () => undefined): Promise<void> => {
  extension.lambda.freeze();
  await dynamodb.stop();
  await dynamodb.restart();
  await meanwhile();
  await delay(FREEZE_MS);
};

describe('a freeze of extension and function, in which DynamoDB closes all connections', () => {
  it(
    'costs no request over kept connections, time and again; what expired is read again',
    async () => {
      await start();
      const lasting = IDS.map((id) => itemPath('Things', id));
      const brief = IDS.map((id) => itemPath('Brief', id));
      expect(versionsIn(await invoke(...lasting, ...brief))).toEqual([...IDS, ...IDS].map(() => 1));

      for (let version = 2; version <= FREEZES + 1; version += 1) {
        await freeze(() => putVersion(version));
        const answers = await invoke(...lasting, ...brief);
        expect(versionsIn(answers)).toEqual([...IDS.map(() => 1), ...IDS.map(() => version)]);
        for (const { cacheStatus } of answers.slice(0, IDS.length)) expect(cacheStatus).toContain('; hit;');
      }
      expect((await extension.health()).counts).toMatchObject({ failures: 0, sourceFailures: 0 });
    },
    TIMEOUT_MS,
  );

  it('costs no request that was on its way, and is held against nobody', async () => {
    await start({ CACHE_EXTENSION_TIMEOUT: '1500ms' });
    const gate = dynamodb.hold();
    const answered = IDS.map((id) => extension.get(itemPath('Things', id)));
    await gate.arrived(IDS.length);
    await freeze(() => putVersion(2));
    dynamodb.hold().open();

    await extension.lambda.invoke([]);

    const answers = await Promise.all(answered);
    expect(versionsIn(answers)).toEqual(IDS.map(() => 2));
    expect((await extension.health()).counts).toMatchObject({ failures: 0, sourceFailures: 0 });
  });

  it('ends no refresh that slept: it is asked again by the next reader, and brings what is new', async () => {
    await start();
    const path = itemPath('Stale', 'item-0');
    await extension.get(path);
    const gate = dynamodb.hold();
    await eventually(
      () => extension.get(path),
      ({ headers }) => String(headers['cache-status']).includes('stale'),
    );
    await gate.arrived();
    await freeze(() => putVersion(2));
    dynamodb.hold().open();

    await extension.lambda.invoke([]);

    await eventually(
      () => extension.get(path),
      ({ body }) => JSON.parse(body).version === 2,
    );
    expect((await extension.health()).counts).toMatchObject({ failures: 0 });
  });
});

it('an answer that slept is as old as its question', async () => {
  await start({ CACHE_EXTENSION_TIMEOUT: '20s' });
  const path = itemPath('Things', 'item-0');
  const gate = dynamodb.hold();
  const answered = extension.get(path);
  await gate.arrived();
  extension.lambda.freeze();
  gate.open();
  await delay(FREEZE_MS);
  extension.lambda.thaw();

  const answer = await answered;

  expect(answer).toMatchObject({ status: 200, body: '{"id":"item-0","version":1}' });
  const { headers } = await extension.get(path, { 'Cache-Control': 'only-if-cached' });
  expect(Number(headers.age)).toBeGreaterThanOrEqual(Math.floor(FREEZE_MS / 1_000));
});

it('an answer that has expired in its sleep is given to who waited, and to nobody after', async () => {
  await start({ CACHE_EXTENSION_TIMEOUT: '20s' });
  const path = itemPath('Brief', 'item-0');
  const gate = dynamodb.hold();
  const answered = extension.get(path);
  await gate.arrived();
  extension.lambda.freeze();
  gate.open();
  await delay(FREEZE_MS);
  await putVersion(2);
  extension.lambda.thaw();

  expect(JSON.parse((await answered).body)).toMatchObject({ version: 1 });
  expect(JSON.parse((await extension.get(path)).body)).toMatchObject({ version: 2 });
});
