import process from 'node:process';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startLocally } from '../support/e2e/local-process.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

const CACHE_YAML = 'dynamodb: [{ table: Things, hashKey: id }]';
const RUNS = process.env.CACHE_TEST_MANY_SHUTDOWNS === undefined ? 5 : 50;
const IN_FLIGHT = 50;
const MEDIAN_MS = 300;
const LONGEST_MS = 1_000;

let dynamodb: DynamoDbServer;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
});

afterEach(() => dynamodb.hold().open());

afterAll(() => dynamodb.close());

const medianOf = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

it(
  'SHUTDOWN ends it at once with exit status 0, with fifty requests waiting for a DynamoDB that hangs',
  async () => {
    const tookMs: number[] = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const extension = await startExtension({ cacheYaml: CACHE_YAML, endpoint: dynamodb.endpoint });
      const gate = dynamodb.hold();
      const requests = Array.from({ length: IN_FLIGHT }, (_, n) =>
        extension.get(itemPath('Things', `${run}-${n}`)).catch(({ code }) => code),
      );
      await gate.arrived(IN_FLIGHT);

      const { code, signal, msAfterShutdown = Number.NaN } = await extension.lambda.shutdown();

      expect({ code, signal }).toEqual({ code: 0, signal: null });
      expect(new Set(await Promise.all(requests))).toEqual(new Set(['ECONNRESET']));
      tookMs.push(msAfterShutdown);
      await extension.close();
    }
    expect(Math.max(...tookMs)).toBeLessThan(LONGEST_MS);
    expect(medianOf(tookMs)).toBeLessThan(MEDIAN_MS);
  },
  30_000 + RUNS * 2_000,
);

it.each(['SIGTERM', 'SIGINT'] as const)(
  'outside Lambda %s ends it at once with exit status 0, in the middle of the preload too',
  async (signal) => {
    const gate = dynamodb.hold();
    const program = await startLocally({
      cacheYaml: CACHE_YAML,
      endpoint: dynamodb.endpoint,
      env: { CACHE_EXTENSION_INIT_STARTUP: 'true' },
    });
    await gate.arrived();
    const sentAtMs = performance.now();
    program.signal(signal);

    const { code, signal: endedBy, atMs } = await program.exited;

    expect({ code, signal: endedBy }).toEqual({ code: 0, signal: null });
    expect(atMs - sentAtMs).toBeLessThan(LONGEST_MS);
    await program.close();
  },
);
