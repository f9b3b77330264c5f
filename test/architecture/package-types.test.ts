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

  it.each([
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ])(
    'compile for every entry, with those that they import, if modules are resolved as in %s',
    (moduleResolution, module) => {
      const options = {
        module,
        moduleResolution,
        target: 'es2022',
        types: ['node'],
        resolveJsonModule: true,
      };
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({
          // Without the names of browsers: the package is for Node.js, and they take a quarter of the time.
          compilerOptions: { ...options, lib: ['es2022'], strict: true, skipLibCheck: false, noEmit: true },
          files: ['entries.ts'],
        }),
      );
      const tsc = join(root, 'node_modules/typescript/bin/tsc');

      const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8' });

      expect(stdout).toBe('');
    },
    120_000,
  );
});
