import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkConfigText } from '../../src/bootstrap/check-config.ts';
import { documents, type Snippet, snippetsOf } from '../support/docs/markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const snippets = documents.flatMap(snippetsOf);

/** The construct's package has its own dependencies: its tests compile what imports it. */
const isCompiledHere = ({ language, code }: Snippet) =>
  /^(ts|js|typescript|javascript)$/.test(language) && !code.includes('dynamodb-cache-extension-cdk');

const programs = snippets
  .filter(isCompiledHere)
  .map((snippet) => ({ ...snippet, place: `${snippet.document}:${snippet.line}` }));

const configurations = snippets
  .filter(({ language, code }) => /^ya?ml$/.test(language) && /^(dynamodb|parameters|secrets):/m.test(code))
  .map((snippet) => ({ ...snippet, place: `${snippet.document}:${snippet.line}` }));

describe('the code in the documents', () => {
  let folder: string;

  /** A project that has the packed package, and the dependencies of the checkout. */
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'snippets-test-'));
    const pack = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
    const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }));
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', modules]);
    for (const name of readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.')))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    execFileSync('mv', [join(modules, 'package'), join(modules, 'dynamodb-cache-extension')]);
    for (const client of ['clients/nodejs/cache-client.mjs', 'secrets/nodejs/rotating-secret.mjs'])
      cpSync(join(root, 'examples', client), join(folder, basename(client)));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the compiler says of each file; one run for all takes hardly longer than one for one. */
  const compile = (codes: readonly string[], extension: 'ts' | 'mjs'): readonly string[] => {
    const files = codes.map((code, index) => {
      const file = `snippet-${index}.${extension}`;
      writeFileSync(join(folder, file), code);
      return file;
    });
    const flags = [
      '--noEmit',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--skipLibCheck',
    ];
    const strictness = extension === 'ts' ? ['--strict'] : ['--allowJs', '--checkJs', '--strict', 'false'];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(
      process.execPath,
      [tsc, '--pretty', 'false', ...flags, ...strictness, ...files],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    const lines = stdout.split('\n');
    return files.map((file) => lines.filter((line) => line.startsWith(`${file}(`)).join('\n'));
  };

  it.each([
    ['TypeScript', 'ts', /^t/],
    ['JavaScript', 'mjs', /^j/],
  ] as const)('compiles against the packed package: %s', (_, extension, pattern) => {
    const chosen = programs.filter(({ language }) => pattern.test(language));
    const errors = compile(
      chosen.map(({ code }) => code),
      extension,
    );

    expect(chosen.length).toBeGreaterThan(0);
    expect(chosen.map(({ place }, index) => [place, errors[index]])).toEqual(
      chosen.map(({ place }) => [place, '']),
    );
  });

  it('does not compile if it is wrong', () => {
    const wrong = [
      ['an undeclared name', "import { createCache } from 'dynamodb-cache-extension';\ncreateCache(parts);"],
      ['a name that is not exported', "import { createCash } from 'dynamodb-cache-extension';"],
      ['an entry that does not exist', "import { createCache } from 'dynamodb-cache-extension/cache';"],
      ['a wrong type', "import { durationToMs } from 'dynamodb-cache-extension';\ndurationToMs(5).length;"],
    ] as const;
    const errors = compile(
      wrong.map(([, code]) => code),
      'ts',
    );

    expect(wrong.map(([name], index) => [name, errors[index]])).toEqual(
      wrong.map(([name]) => [name, expect.stringContaining('error TS')]),
    );
  });

  it.each(configurations)('is a valid cache.yaml: $place', ({ code }) => {
    expect(checkConfigText(code).problems).toEqual([]);
  });

  it('is looked for in the README', () => {
    const ofReadme = ({ document }: Snippet) => document === 'README.md';

    expect(programs.filter(ofReadme).length).toBeGreaterThanOrEqual(3);
    expect(configurations.filter(ofReadme).length).toBeGreaterThanOrEqual(2);
  });
});
