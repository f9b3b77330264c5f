import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../../scripts/build.mjs';
import { ensureInstalled } from '../../scripts/install.mjs';
import { withLock } from '../../scripts/lock.mjs';

/*
 * Builds dist/: one ES module and one CommonJS file, each with the required parts of the project's library, and type
 * declarations for both. `dist/stream-announcer` is the function that the construct of that name deploys.
 *   node deploy/cdk/build.mjs
 */
const home = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The npm registry could not be reached. This is not a failure of the code. */
export class OutOfReachError extends Error {}

const NETWORK_FAILURE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

const holdsPackages = () => {
  const { packages } = JSON.parse(readFileSync(`${home}package-lock.json`, 'utf8'));
  return Object.entries(packages).every(([path, { version, optional, inBundle }]) => {
    if (path === '' || optional || inBundle) return true;
    const manifest = `${home}${path}/package.json`;
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
  });
};

/** Installs the packages of this folder's lockfile. The project's own lockfile omits them, because they are about 200 MB. */
const installPackages = () => {
  if (holdsPackages()) return;
  console.error('Downloading the AWS CDK …');
  const { status, stderr, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: home,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  const reason = stderr?.trim() || error?.message || `npm exited with status ${status}`;
  const [failure] = NETWORK_FAILURE.exec(reason) ?? [];
  throw failure === undefined ? new Error(reason) : new OutOfReachError(failure);
};

/** CommonJS has no `import.meta`. */
const COMMONJS = {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': 'urlOfThisFile' },
  banner: { js: "const urlOfThisFile = require('node:url').pathToFileURL(__filename).href;" },
};

const bundle = async (options) => {
  const { build } = await import('esbuild');
  const library = (path) => `${root}dist/lib/exports/${path}.js`;
  await build({
    absWorkingDir: home,
    entryPoints: ['src/index.ts'],
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: {
      'dynamodb-cache-extension/policy': library('policy'),
      'dynamodb-cache-extension/adapters/config': library('adapters/config'),
    },
    logLevel: 'warning',
    ...options,
  });
};

/** Emits declarations for each module format, because TypeScript derives the format from the file extension. */
const declare = () => {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: home,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) throw new Error('the construct does not compile');
  for (const name of readdirSync(`${home}dist`).filter((name) => name.endsWith('.d.ts'))) {
    const declarations = readFileSync(`${home}dist/${name}`, 'utf8');
    writeFileSync(
      `${home}dist/${name.replace(/ts$/, 'cts')}`,
      declarations.replace(/(from '\.\/[^']+)\.ts'/g, "$1.cjs'"),
    );
  }
};

const compile = async () => {
  rmSync(`${home}dist`, { recursive: true, force: true });
  await bundle({ format: 'esm' });
  await bundle(COMMONJS);
  declare();
  cpSync(`${root}dist/stream-announcer`, `${home}dist/stream-announcer`, { recursive: true });
};

/** @throws {OutOfReachError} if the AWS CDK is not installed and cannot be downloaded */
export const buildConstruct = async () => {
  await ensureInstalled();
  await ensureBuilt(['lib', 'stream-announcer']);
  await withLock('cdk', async () => {
    installPackages();
    await compile();
  });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConstruct();
