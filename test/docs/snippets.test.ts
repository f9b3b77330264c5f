import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transform } from 'esbuild';
import { checkConfigText } from '../../src/bootstrap/check-config.ts';
import { documents, type Snippet, snippetsOf } from '../support/docs/markdown.ts';
import { installPackage } from '../support/packed-package.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const snippets = documents.flatMap(snippetsOf);

/** The construct's package has its own dependencies: its tests compile what imports it. */
const isCompiledHere = ({ language, code }: Snippet) =>
  /^(ts|js|typescript|javascript)$/.test(language) && !code.includes('dynamodb-cache-extension-cdk');

const programs = snippets
  .filter(isCompiledHere)
  .map((snippet) => ({ ...snippet, place: `${snippet.document}:${snippet.line}` }));

const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;

const pythonPrograms = snippets
  .filter(({ language }) => language === 'python')
  .map((snippet) => ({ ...snippet, place: `${snippet.document}:${snippet.line}` }));

const configurations = snippets
  .filter(({ language, code }) => /^ya?ml$/.test(language) && /^(dynamodb|parameters|secrets):/m.test(code))
  .map((snippet) => ({ ...snippet, place: `${snippet.document}:${snippet.line}` }));

const WRONG = [
  ['an undeclared name', "import { createCache } from 'dynamodb-cache-extension';\ncreateCache(parts);"],
  ['a name that is not exported', "import { createCash } from 'dynamodb-cache-extension';"],
  ['an entry that does not exist', "import { createCache } from 'dynamodb-cache-extension/cache';"],
  ['a wrong type', "import { durationToMs } from 'dynamodb-cache-extension';\ndurationToMs(5).length;"],
] as const;

interface CodeSet {
  readonly extension: 'ts' | 'mjs';
  readonly codes: readonly string[];
}

/** The errors of the compiler for each code of each set. */
const compile = (folder: string, sets: readonly CodeSet[]): readonly (readonly string[])[] => {
  const script = fileURLToPath(new URL('../support/docs/compile.mjs', import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, [script, folder], { input: JSON.stringify(sets), encoding: 'utf8' }),
  );
};

/** The lines without their indentation. */
const linesOf = (code: string): string => code.trim().replace(/^[ \t]+/gm, '');

describe('the code in the documents', () => {
  let folder: string;

  /** A project that has the packed package, and the dependencies of the checkout. */
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'snippets-test-'));
    installPackage(folder, readdirSync(join(root, 'node_modules')));
    for (const client of ['clients/nodejs/cache-client.mjs', 'secrets/nodejs/rotating-secret.mjs'])
      cpSync(join(root, 'examples', client), join(folder, basename(client)));
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('compiles against the packed package if it is right, and does not if it is wrong', () => {
    const typeScript = programs.filter(({ language }) => /^t/.test(language));
    const javaScript = programs.filter(({ language }) => /^j/.test(language));
    const [ofTypeScript = [], ofJavaScript = [], ofWrong = []] = compile(folder, [
      { extension: 'ts', codes: typeScript.map(({ code }) => code) },
      { extension: 'mjs', codes: javaScript.map(({ code }) => code) },
      { extension: 'ts', codes: WRONG.map(([, code]) => code) },
    ]);

    for (const [chosen, errors] of [
      [typeScript, ofTypeScript],
      [javaScript, ofJavaScript],
    ] as const) {
      expect(chosen.length).toBeGreaterThan(0);
      expect(chosen.map(({ place }, index) => [place, errors[index]])).toEqual(
        chosen.map(({ place }) => [place, '']),
      );
    }
    expect(WRONG.map(([name], index) => [name, ofWrong[index]])).toEqual(
      WRONG.map(([name]) => [name, expect.stringContaining('error TS')]),
    );
  }, 120_000);

  it('runs the program with its own source, in the reference, for a file with every section', async () => {
    const { code = '' } =
      programs.find(
        ({ document, code }) => document.endsWith('reference.md') && /createContainer/.test(code),
      ) ?? {};
    const { code: compiled } = await transform(
      `${code}\nprocess.stdout.write(JSON.stringify([Object.keys(settings.sections ?? {}), answer.status]));`,
      { loader: 'ts' },
    );
    writeFileSync(join(folder, 'program.mjs'), compiled);
    writeFileSync(
      join(folder, 'cache.yaml'),
      `dynamodb: [{ table: Products, hashKey: pKey, sortKey: sKey }]
parameters: [{ name: /shop/host }]
secrets: [{ id: prod/db }]
appConfig: [{ application: shop, environment: prod, profile: flags }]
`,
    );

    const printed = execFileSync(process.execPath, ['program.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 20_000,
    });

    expect(JSON.parse(printed)).toEqual([['parameters', 'secrets', 'appConfig'], 200]);
  }, 30_000);

  (hasPython ? it : it.skip).each(pythonPrograms)('compiles in Python 3.10 or later: $place', ({ code }) => {
    const compileInput = 'import sys; compile(sys.stdin.read(), "snippet", "exec")';

    expect(spawnSync('python3', ['-c', compileInput], { input: code, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it.each(configurations)('is a valid cache.yaml: $place', ({ code }) => {
    expect(checkConfigText(code).problems).toEqual([]);
  });

  it.each([
    ['python', 'python/products.py'],
    ['go', 'go/products.go'],
    ['java', 'java/Products.java'],
    ['js', 'nodejs/products.mjs'],
  ])('is in the README for %s as in examples/clients/%s, which the tests run', (language, path) => {
    const example = linesOf(readFileSync(join(root, 'examples/clients', path), 'utf8'));
    const ofReadme = snippets.filter((snippet) => snippet.document === 'README.md');
    const shown = ofReadme
      .filter((snippet) => snippet.language === language)
      .map(({ code }) => linesOf(code));

    expect(shown.some((lines) => example.includes(lines))).toBe(true);
  });

  it('is looked for in the README', () => {
    const ofReadme = ({ document }: Snippet) => document === 'README.md';

    expect(programs.filter(ofReadme).length).toBeGreaterThanOrEqual(2);
    expect(configurations.filter(ofReadme).length).toBeGreaterThanOrEqual(2);
  });
});
