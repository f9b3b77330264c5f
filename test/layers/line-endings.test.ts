import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['src', 'layers', 'scripts', 'LICENSE', 'package.json', 'tsconfig.json', 'cache.schema.json'];

/** Builds with the scripts of a checkout, and prints a digest of all that is built of text. */
const BUILD = `
import { createHash } from 'node:crypto';
const scripts = process.argv[1];
const { makeLayer } = await import(scripts + 'layers.mjs');
const { bundle, fileOf } = await import(scripts + 'layers/bundle.mjs');
const { packageFolderOf } = await import(scripts + 'layers/packages.mjs');
const layer = await makeLayer('node');
const entryPoints = { extension: 'src/bootstrap/main-bun.ts' };
const standalone = await bundle({ entryPoints, target: 'es2022', format: 'cjs' });
const inputs = [layer, standalone].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
console.log(JSON.stringify({
  packages: [...new Set(inputs.map(packageFolderOf))].filter((folder) => folder !== undefined),
  digests: {
    'the layer for Node.js': digest(layer.zip),
    'the program of the standalone layers': digest(standalone.files.get('extension.js')),
    'the launcher of the standalone layers': digest(fileOf('layers/launch-standalone.sh')),
    'the licence of Bun': digest(fileOf('layers/licences/bun.md')),
  },
}));`;

interface Built {
  readonly packages: readonly string[];
  readonly digests: Readonly<Record<string, string>>;
}

const run = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return { status, stdout, stderr };
};

const buildIn = (checkout: string): Built => {
  const { stdout, stderr } = run('--input-type=module', '-e', BUILD, `${checkout}scripts/`);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

const writeWithCrlf = (path: string) => {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(/\r?\n/g, '\r\n'));
};

/** Types are most of what a package holds, and nothing of a bundle. */
const isNeeded = (path: string) => !/\/dist-types$|\.d\.[cm]?ts$|\.map$/.test(path);

/** A checkout as Git for Windows makes it; packages come from the registry, as they are. */
const copyWithCrlf = (folder: string, packages: readonly string[]) => {
  for (const path of SOURCES) cpSync(root + path, folder + path, { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) writeWithCrlf(join(entry.parentPath ?? entry.path, entry.name));
  for (const path of packages) cpSync(root + path, folder + path, { recursive: true, filter: isNeeded });
  for (const name of ['esbuild', 'fflate', 'valibot', '@valibot/to-json-schema']) {
    const path = `node_modules/${name}`;
    mkdirSync(dirname(folder + path), { recursive: true });
    if (!packages.includes(path)) symlinkSync(root + path, folder + path);
  }
};

let copy: string;
let own: Built;

beforeAll(() => {
  copy = `${mkdtempSync(join(tmpdir(), 'crlf-'))}/`;
  own = buildIn(root);
  copyWithCrlf(copy, own.packages);
}, 60_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

it('a checkout with CRLF line endings gives the same bytes as one with LF', () => {
  expect(readFileSync(`${copy}layers/launcher.sh`, 'utf8')).toContain('\r\n');
  expect(buildIn(copy).digests).toEqual(own.digests);
}, 60_000);

it('a checkout with CRLF line endings has an up-to-date schema of cache.yaml', () => {
  expect(readFileSync(`${copy}cache.schema.json`, 'utf8')).toContain('\r\n');
  expect(run(`${copy}scripts/schema.mjs`, '--check')).toEqual({ status: 0, stdout: '', stderr: '' });
}, 60_000);

it('git checks text out with LF and leaves images alone, whatever the user has set', () => {
  const [work, out] = [`${copy}repository/`, `${copy}checked-out/`];
  const git = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync(
      'git',
      ['-c', 'core.autocrlf=true', '-c', 'core.eol=crlf', ...args],
      {
        cwd: work,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(stderr);
  };
  const texts = ['launcher.sh', 'module.ts', 'LICENSE', 'docs/page.md'];
  mkdirSync(`${work}docs`, { recursive: true });
  cpSync(`${root}.gitattributes`, `${work}.gitattributes`);
  for (const name of [...texts, 'image.png']) writeFileSync(work + name, 'one\r\ntwo\r\n');

  git('init', '--quiet');
  git('add', '--all');
  git('checkout-index', '--all', `--prefix=${out}`);

  for (const name of texts) expect(readFileSync(out + name, 'utf8')).toBe('one\ntwo\n');
  expect(readFileSync(`${out}image.png`, 'utf8')).toBe('one\r\ntwo\r\n');
});
