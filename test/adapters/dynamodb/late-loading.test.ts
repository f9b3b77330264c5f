import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const source = (file: string): string =>
  fileURLToPath(new URL(`../../../src/adapters/${file}`, import.meta.url));

const FILES = [
  'aws/endpoint-resolver.ts',
  'aws/aws-forwarder.ts',
  'dynamodb/dynamodb-item-source.ts',
  'dynamodb/dynamodb-upstream.ts',
];

/** Names of the packages that the files come from. */
const packagesIn = (inputs: object = {}): readonly (string | undefined)[] =>
  Object.keys(inputs)
    .filter((file) => file.includes('node_modules/'))
    .map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);

describe('the adapter of DynamoDB', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'late-loading-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** What is loaded at once, by file of the sources, and all that ever may be. */
  const modules = async () => {
    const { metafile } = await build({
      stdin: {
        contents: FILES.map((file) => `export * from '${source(file)}';`).join(''),
        resolveDir: '/',
      },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      outdir: folder,
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const outputs = Object.values(metafile.outputs);
    const entry = outputs.find(({ entryPoint }) => entryPoint === '<stdin>');
    const atOnce = (entry?.imports ?? []).filter(({ kind }) => kind === 'import-statement');
    return { early: [entry, ...atOnce.map(({ path }) => metafile.outputs[path])], outputs, atOnce };
  };

  it('loads the AWS SDK only when that is asked for something', async () => {
    const { early, outputs } = await modules();

    expect(early.flatMap((output) => packagesIn(output?.inputs))).toEqual([]);
    expect(outputs.flatMap(({ inputs }) => packagesIn(inputs))).toContain('@aws-sdk/client-dynamodb');
  });

  it('loads nothing of Node.js that speaks to anybody before the first call', async () => {
    const { atOnce } = await modules();

    expect(atOnce.filter(({ external }) => external)).toEqual([]);
  });

  it('knows regions of the partition aws, and credentials of the environment, without the SDK', async () => {
    await writeFile(
      join(folder, 'sdk.mjs'),
      `throw new Error('the SDK was loaded'); export const DynamoDBClient = undefined;`,
    );
    await build({
      entryPoints: [source('aws/endpoint-resolver.ts')],
      alias: { '@aws-sdk/client-dynamodb': join(folder, 'sdk.mjs') },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      outdir: folder,
      outExtension: { '.js': '.mjs' },
    });
    const { EndpointResolver } = await import(join(folder, 'endpoint-resolver.mjs'));
    const env = { AWS_LAMBDA_RUNTIME_API: 'api', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
    const knowledge = new EndpointResolver({ env }, new FakeClock());

    expect(knowledge.endpointFor('Scan', 'eu-west-1').href).toBe('https://dynamodb.eu-west-1.amazonaws.com/');
    expect(await knowledge.credentials(false)).toMatchObject({ accessKeyId: 'id' });
    await expect(knowledge.endpointFor('Scan', 'cn-north-1')).rejects.toThrow('the SDK was loaded');
    await expect(new EndpointResolver({}, new FakeClock()).credentials(false)).rejects.toThrow(
      'the SDK was loaded',
    );
  });
});
