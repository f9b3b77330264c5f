import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { whyNoRoot } from '../../scripts/test-layers/obstacles.mjs';
import type { LambdaOptions } from '../../tools/lambda-emulator/index.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { LAYER } from '../support/e2e/program.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { ScriptedItems } from '../support/flood/scripted-items.ts';
import { freePort } from '../support/free-port.ts';

/** Emulated processors take their time. */
const PATIENCE = { initTimeoutMs: 60_000, shutdownMs: 20_000, timeoutMs: 60_000 };
const TIMEOUT_MS = 120_000;

const unnamed = LAYER === undefined ? 'none is under test, npm run test:layers does that' : undefined;
const suiteIf = (skip: string | undefined) => (skip === undefined ? describe : describe.skip);
const titleIf = (title: string, skip: string | undefined) =>
  skip === undefined ? title : `${title}: ${skip}`;

suiteIf(unnamed)(titleIf(`the layer ${LAYER ?? ''}`.trim(), unnamed), () => {
  let items: ScriptedItems;
  let extension: ExtensionUnderTest;

  beforeAll(async () => {
    items = await ScriptedItems.start(() => 10);
  });

  afterEach(() => extension.close());

  afterAll(() => items.close());

  const start = async (
    env: (port: number) => Readonly<Record<string, string>> = () => ({}),
    lambda: Partial<LambdaOptions> = {},
  ) => {
    const port = await freePort();
    extension = await startExtension({
      cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
      endpoint: items.endpoint,
      port,
      env: { CACHE_EXTENSION_TIMEOUT: '30s', ...env(port) },
      lambda: { ...PATIENCE, ...lambda },
    });
  };

  /** Whether the second of two reads is a hit. */
  const serves = async (): Promise<boolean> => {
    const first = await extension.get(itemPath('Things', 'item-1'));
    const second = await extension.get(itemPath('Things', 'item-1'));
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toBe(first.body);
    return String(second.headers['cache-status']).includes('; hit');
  };

  it(
    'registers, serves a hit before and after an invocation, and leaves with exit status 0',
    async () => {
      await start();

      expect(await serves()).toBe(true);
      await extension.lambda.invoke();
      expect(await serves()).toBe(true);
      expect(await extension.lambda.shutdown()).toMatchObject({ code: 0, signal: null });
      expect(extension.log).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'starts and serves where NODE_OPTIONS is broken, SDKs are pointed at itself and INVOKE is refused',
    async () => {
      await start(
        (port) => ({
          NODE_OPTIONS: '--require /nonexistent.js',
          AWS_ENDPOINT_URL_DYNAMODB: `http://localhost:${port}`,
        }),
        { initializationType: 'lambda-managed-instances' },
      );

      expect(await serves()).toBe(true);
      expect(extension.lambda.journal.find('refused')).toMatchObject({
        errorType: 'Extension.InvalidEventType',
      });
      expect(await extension.lambda.shutdown()).toMatchObject({ code: 0, signal: null });
      expect(extension.log).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'preloads listed keys and a whole table',
    async () => {
      const dynamodb = await startDynalite();
      const ids = ['a', 'b', 'c'];
      for (const table of ['Listed', 'Whole']) {
        await dynamodb.createTable({ table, hashKey: { name: 'id', type: 'S' } });
        for (const id of ids) await dynamodb.put(table, { id: { S: id } });
      }
      extension = await startExtension({
        cacheYaml: `dynamodb:
  - { table: Listed, hashKey: id, keys: [{ hash: a }, { hash: b }, { hash: absent }] }
  - { table: Whole, hashKey: id }
`,
        endpoint: dynamodb.endpoint,
        port: await freePort(),
        env: { CACHE_EXTENSION_TIMEOUT: '30s', CACHE_EXTENSION_INIT_STARTUP: 'true' },
        lambda: PATIENCE,
      });
      const isOver = ({ state }: { readonly state: string }) => state !== 'waiting' && state !== 'running';
      const { preload } = await eventually(
        () => extension.health(),
        (health) => health.preload.every(isOver),
      );
      await dynamodb.close();

      expect(preload).toEqual([
        { group: 'Listed', state: 'complete', entries: 2 },
        { group: 'Whole', state: 'complete', entries: 3 },
      ]);
      expect(extension.log).toEqual([]);
    },
    TIMEOUT_MS,
  );

  const noRoot = whyNoRoot();

  suiteIf(noRoot)(titleIf('in a root of its own', noRoot), () => {
    it(
      'is nobody in particular, and finds nothing but itself and what starts it',
      async () => {
        await start();
        const { pid } = await extension.lambda.when('extension-started');
        const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
        const root = `/proc/${pid}/root`;

        expect(read('status')).toMatch(/^Uid:\t993\t993\t993\t993$/m);
        expect(read('status')).toMatch(/^Gid:\t990\t990\t990\t990$/m);
        expect(read('status')).toMatch(/^CapEff:\t0+$/m);
        expect(read('limits')).toMatch(/^Max open files +1024 +1024 /m);
        expect(read('mountinfo')).toMatch(/ \/ ro[, ]/);
        expect(read('mountinfo')).toMatch(/ \/tmp rw[, ]/);
        expect(existsSync(`${root}/var/lang/bin/node`)).toBe(LAYER === 'node');
        expect(readdirSync(`${root}/opt/extensions`)).toEqual(['dynamodb-cache']);
        expect(readdirSync(`${root}/var/task`)).toEqual(['cache.yaml']);
        expect(readdirSync(`${root}/bin`).filter((name) => name !== 'emulator')).toEqual(['sh']);
      },
      TIMEOUT_MS,
    );
  });
});
