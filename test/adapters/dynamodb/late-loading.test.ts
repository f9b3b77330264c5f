import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const source = (file: string): string =>
  fileURLToPath(new URL(`../../../src/adapters/dynamodb/${file}`, import.meta.url));

/** Names of the packages that the files come from. */
const packagesIn = (inputs: object = {}): readonly (string | undefined)[] =>
  Object.keys(inputs)
    .filter((file) => file.includes('node_modules/'))
    .map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);

describe('the AWS SDK', () => {
  it('is loaded by the first call, not with the adapter', async () => {
    const { metafile } = await build({
      stdin: {
        contents: `export * from '${source('dynamodb-item-source.ts')}'; export * from '${source('sdk-upstream.ts')}';`,
        resolveDir: '/',
      },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      outdir: 'unwritten',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const outputs = Object.values(metafile.outputs);
    const entry = outputs.find(({ entryPoint }) => entryPoint === '<stdin>');
    const atOnce = (entry?.imports ?? []).filter(({ kind }) => kind === 'import-statement');
    const early = [entry, ...atOnce.map(({ path }) => metafile.outputs[path])];

    expect(early.flatMap((output) => packagesIn(output?.inputs))).toEqual([]);
    expect(outputs.flatMap(({ inputs }) => packagesIn(inputs))).toContain('@aws-sdk/client-dynamodb');
  });
});
