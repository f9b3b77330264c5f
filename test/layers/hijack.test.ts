import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { excesses } from '../../scripts/layers/budgets.mjs';
import { ensureBun } from '../../scripts/layers/bun.mjs';
import { readZip } from '../../scripts/layers/unzip.mjs';
import { makeFiles, makeLayer } from '../../scripts/layers.mjs';
import { type Lambda, type LambdaOptions, startLambda } from '../../tools/lambda-emulator/index.ts';
import { writeCacheYaml } from '../support/e2e/cache-yaml-file.ts';
import { HttpClient } from '../support/e2e/http-client.ts';
import { ScriptedItems } from '../support/flood/scripted-items.ts';
import { freePort } from '../support/free-port.ts';
import { IS_THOROUGH } from '../support/thorough.ts';

const standalone = process.arch === 'arm64' ? 'standalone-arm64' : 'standalone-x86_64';

/** Why there can be no standalone layer here. */
const whyNot = (): string | undefined => {
  if (process.platform !== 'linux') return 'it is built on Linux';
  try {
    ensureBun(process.arch === 'arm64' ? 'arm64' : 'x86_64');
    return undefined;
  } catch {
    return 'Bun cannot be fetched';
  }
};

const SERVED = { statuses: [200, 200], isHit: true, output: [] };

/** In place of the port that it listens on. */
const ITSELF = '{port}';
/** In place of the folder of the function, which holds libraries that no loader takes. */
const TASK = '{task}';
const LIBRARIES = ['libstdc++.so.6', 'libgcc_s.so.1', 'libm.so.6'];

/** What a function may have set for itself. */
const VARIABLES = {
  NODE_OPTIONS: '--require /nonexistent.js',
  NODE_PATH: '/nowhere',
  NODE_V8_COVERAGE: '/nowhere/coverage',
  BUN_OPTIONS: '--preload /nonexistent.js',
  BUN_BE_BUN: '1',
  BUN_INSPECT: 'ws://127.0.0.1:9',
  BUN_INSPECT_CONNECT_TO: 'tcp://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
  LD_LIBRARY_PATH: TASK,
  MIMALLOC_VERBOSE: '1',
  SHELLOPTS: 'noexec',
  'BASH_FUNC_command%%': '() { exit 3; }',
};

/** What may lie where the function starts. */
const FILES = {
  '.env': 'CACHE_EXTENSION_TTL=nonsense\nBUN_OPTIONS=--preload /nonexistent.js\n',
  'bunfig.toml': 'preload = ["/nonexistent.js"]\n',
  'package.json': '{"type":"nonsense"}',
};

/** Each by itself if there is time for that, or else all together. */
const each = (all: Readonly<Record<string, string>>): [string, Readonly<Record<string, string>>][] =>
  IS_THOROUGH
    ? Object.entries(all).map(([name, value]) => [name, { [name]: value }])
    : [[Object.keys(all).join(', '), all]];

const reason = whyNot();

describe.each([
  ['node', undefined],
  [standalone, reason],
])('the %s layer', (name, skip) => {
  const suite = skip === undefined ? describe : describe.skip;
  suite(skip === undefined ? 'in an environment that is the function’s' : `is not there: ${skip}`, () => {
    let opt: string;
    let working: string;
    let lambda: Lambda | undefined;
    let removeConfig: (() => Promise<void>) | undefined;
    let problems: readonly string[];
    const isZipped = name === 'node' || IS_THOROUGH;
    let items: ScriptedItems;

    beforeAll(async () => {
      items = await ScriptedItems.start(() => 10);
      opt = mkdtempSync(join(tmpdir(), 'opt-'));
      working = mkdtempSync(join(tmpdir(), 'task-'));
      for (const library of LIBRARIES) writeFileSync(join(working, library), 'no library');
      for (const [path, { bytes, mode }] of await filesOf(name)) {
        mkdirSync(dirname(join(opt, path)), { recursive: true });
        writeFileSync(join(opt, path), bytes);
        chmodSync(join(opt, path), mode);
      }
    }, 60_000);

    /** As they come out of the zip, which takes seconds to make of all of Bun; so then only if there is time for that. */
    const filesOf = async (layerName: string) => {
      if (!isZipped) return makeFiles(layerName);
      const layer = await makeLayer(layerName);
      problems = excesses(layerName, layer.sizes);
      return readZip(layer.zip);
    };

    afterEach(async () => {
      await lambda?.close();
      await removeConfig?.();
      [lambda, removeConfig] = [undefined, undefined];
    });

    afterAll(async () => {
      await items.close();
      for (const folder of [opt, working]) rmSync(folder, { recursive: true });
    });

    /** What an item is answered with, twice, once the extension has asked for its first event. */
    const answersWith = async (
      env: Readonly<Record<string, string>>,
      cwd = '/',
      initializationType: LambdaOptions['initializationType'] = 'on-demand',
    ) => {
      const port = await freePort();
      const file = await writeCacheYaml('dynamodb: [{ table: Things, hashKey: id }]');
      removeConfig = () => file.remove();
      lambda = await startLambda({
        port,
        initializationType,
        extension: {
          name: 'dynamodb-cache',
          command: [`${opt}/extensions/dynamodb-cache`],
          cwd,
          env: {
            PATH: name === 'node' ? `${dirname(process.execPath)}:/usr/bin:/bin` : '/nowhere',
            CACHE_EXTENSION_CONFIG: file.path,
            CACHE_EXTENSION_PORT: String(port),
            CACHE_EXTENSION_DYNAMODB_ENDPOINT: items.endpoint,
            ...Object.fromEntries(
              Object.entries(env).map(([variable, value]) => [
                variable,
                value.replace(ITSELF, String(port)).replace(TASK, working),
              ]),
            ),
          },
        },
      });
      await lambda.init();
      const http = new HttpClient(port);
      const ask = () => http.request('GET', '/dynamodb?name=Things@@item-1');
      const [first, second] = [await ask(), await ask()];
      http.close();
      return {
        statuses: [first.status, second.status],
        isHit: String(second.headers['cache-status']).includes('; hit'),
        output: lambda.output,
      };
    };

    it.each(each(VARIABLES))('starts and serves whatever is in %s', async (_, env) => {
      expect(await answersWith(env)).toEqual(SERVED);
    });

    it('starts and serves with broken NODE_OPTIONS and SDKs pointed at itself, where INVOKE is refused', async () => {
      const env = {
        NODE_OPTIONS: '--require /nonexistent.js',
        AWS_ENDPOINT_URL_DYNAMODB: `http://localhost:${ITSELF}`,
      };

      expect(await answersWith(env, '/', 'lambda-managed-instances')).toEqual(SERVED);
      expect(lambda?.journal.find('refused')).toMatchObject({ errorType: 'Extension.InvalidEventType' });
    });

    it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB'])(
      'does not ask where %s points',
      async (variable) => {
        const readsBefore = items.reads;

        const { statuses } = await answersWith({
          [variable]: items.endpoint,
          CACHE_EXTENSION_DYNAMODB_ENDPOINT: '',
          CACHE_EXTENSION_TIMEOUT: '500ms',
        });

        expect(statuses).not.toContain(200);
        expect(items.reads).toBe(readsBefore);
      },
    );

    it.each(each(FILES))('starts and serves beside %s of the function', async (_, files) => {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(working, file), text);

      expect(await answersWith({ HOME: working }, working)).toEqual(SERVED);
    });

    if (isZipped) {
      it('is within its budget', () => {
        expect(problems).toEqual([]);
      });
    }
  });
});
