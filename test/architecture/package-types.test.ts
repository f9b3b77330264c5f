import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installPackage } from '../support/packed-package.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest: { exports: Record<string, unknown>; dependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

/** Imports each entry in the way that keeps its type. */
const IMPORTS = Object.keys(manifest.exports).map((entry, index) => {
  const from = `'${join('dynamodb-cache-extension', entry)}'`;
  return entry.endsWith('.json')
    ? `export { default as entry${index} } from ${from} with { type: 'json' };`
    : `export * as entry${index} from ${from};`;
});

describe('the declarations of the packed package', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-types-test-'));
    installPackage(folder, [...Object.keys(manifest.dependencies), '@types/node']);
    writeFileSync(join(folder, 'entries.ts'), IMPORTS.join('\n'));
  }, 60_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('compile for every entry, if modules are resolved as in Node.js and as in a bundler', () => {
    const script = fileURLToPath(new URL('../support/check-declarations.mjs', import.meta.url));
    const args = [script, folder, 'dynamodb-cache-extension', join(folder, 'entries.ts')];

    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });

    // With each entry, its declarations are read, and those that it imports.
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/^NodeNext: \d{2,} files\nBundler: \d{2,} files\n$/),
      stderr: '',
    });
  }, 120_000);
});
