import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AwsEmulator } from '../../tools/aws-emulator/index.ts';
import { type Lambda, startLambda } from '../../tools/lambda-emulator/index.ts';
import { type CacheYamlFile, writeCacheYaml } from '../support/e2e/cache-yaml-file.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { EXTENSION_NAME, LAYER, plantedStart } from '../support/e2e/program.ts';
import { startFunctionsAws } from '../support/e2e/start-with-aws.ts';
import { freePort } from '../support/free-port.ts';

/** Runs ahead of the program and writes the name of each file that is loaded. */
const recorderOf = (hooks: string) =>
  `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
const hooksThatWriteTo = (path: string) => `
  import { appendFileSync } from 'node:fs';
  export const load = (url, context, next) => {
    appendFileSync(${JSON.stringify(path)}, url.split('/').at(-1) + '\\n');
    return next(url, context);
  };
`;

let aws: AwsEmulator;
let lambda: Lambda | undefined;
let file: CacheYamlFile;

afterEach(async () => {
  await lambda?.close();
  await aws.close();
  await file.remove();
});

/** Starts the program, which serves parameters only, and returns a function that reads which files have been loaded. */
const start = async (initializationType: 'on-demand' | 'snap-start', pointsSdksHere = false) => {
  aws = await startFunctionsAws();
  file = await writeCacheYaml('parameters: {}');
  const inFolder = (name: string) => join(dirname(file.path), name);
  const loaded = inFolder('loaded.txt');
  await writeFile(loaded, '');
  await writeFile(inFolder('hooks.mjs'), hooksThatWriteTo(loaded));
  await writeFile(inFolder('recorder.mjs'), recorderOf(pathToFileURL(inFolder('hooks.mjs')).href));
  const port = await freePort();
  lambda = await startLambda({
    port,
    initializationType,
    extension: {
      name: EXTENSION_NAME,
      ...plantedStart(file, 'recorder.mjs', {
        CACHE_EXTENSION_PORT: String(port),
        CACHE_EXTENSION_SSM_ENDPOINT: aws.url,
        ...(pointsSdksHere ? { AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}` } : {}),
      }),
    },
  });
  await lambda.init();
  return () => readFile(loaded, 'utf8');
};

/** The standalone layer is one file, and the layers have names of their own for the parts. */
(LAYER === undefined ? describe : describe.skip)('while the function initializes', () => {
  it.each(['on-demand', 'snap-start'] as const)(
    'loads what the first read needs, without a call to AWS: %s',
    async (initializationType) => {
      const loaded = await start(initializationType);

      await eventually(
        loaded,
        (names) => /^aws-client-/m.test(names) && /^upstream-connections-/m.test(names),
      );

      expect(aws.calls.all).toEqual([]);
      expect(lambda?.journal.find('credentials')).toBeUndefined();
    },
  );

  it('loads the operations of SDKs if they are pointed at the extension', async () => {
    const loaded = await start('on-demand', true);

    await eventually(loaded, (names) => /^value-endpoint-/m.test(names));

    expect(aws.calls.all).toEqual([]);
  });
});
