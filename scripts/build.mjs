import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { writeStatusPage } from './status-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Some packages are CommonJS and call `require` for modules of Node, which does not exist in ES modules.
 * The name must stay `require`: it is what the code that esbuild puts round them looks for.
 */
const requireBanner =
  "import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);";

const bundle = async (options) => {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
    ...options,
  });
};

/** Bundles a program that runs without node_modules. */
const bundleProgram = (entryPoints, outdir) =>
  bundle({
    entryPoints,
    outdir,
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    minifySyntax: true,
    // Errors are logged by the names of their classes. `keepNames` would cost 2 ms of the start; names as they are, none.
    minifyIdentifiers: false,
    legalComments: 'external',
    banner: { js: requireBanner },
  });

/** What the status page is made of. */
const STATUS_PAGE = ['scripts/status-page', 'scripts/status-page.mjs'];

/** What can be built, and from what. Each writes into the folder it is given. */
const parts = {
  /** The library: modules one to one, with type declarations. */
  lib: {
    inputs: ['src', 'tsconfig.json', 'tsconfig.build.json', ...STATUS_PAGE],
    async build(outDir) {
      const tsc = `${root}node_modules/typescript/bin/tsc`;
      const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], {
        cwd: root,
        stdio: ['ignore', process.stderr, process.stderr],
      });
      if (status !== 0) throw new Error('the library does not compile');
      // What npm makes executable in a package that it installs; here, for whoever runs it from the checkout.
      chmodSync(`${outDir}/bootstrap/cli.js`, 0o755);
      await writeStatusPage(outDir);
    },
  },
  /** The extension, with all that it needs. Splitting keeps what is imported lazily out of the first file. */
  extension: {
    inputs: ['src'],
    build: (outdir) => bundleProgram({ extension: 'src/bootstrap/main.ts' }, outdir),
  },
  /** The function that announces the changes in the streams of tables, with all that it needs. */
  'stream-announcer': {
    inputs: ['src'],
    build: (outdir) => bundleProgram({ index: 'src/bootstrap/main-stream-announcer.ts' }, outdir),
  },
  /** The checks on AWS; they find their packages in node_modules. */
  'aws-check': {
    inputs: ['deploy/aws-check', 'src'],
    build: (outdir) =>
      bundle({ entryPoints: { main: 'deploy/aws-check/main.ts' }, outdir, packages: 'external' }),
  },
  /** What `npm start` shows; it finds its packages in node_modules. */
  demo: {
    inputs: ['demo', 'src', 'test/support', 'tools', ...STATUS_PAGE],
    async build(outdir) {
      await bundle({
        entryPoints: readdirSync(`${root}demo`)
          .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
          .map((name) => `demo/${name}`),
        outdir,
        packages: 'external',
        sourcemap: 'inline',
      });
      await writeStatusPage(outdir);
    },
  },
};

/** Builds into `dist` what is not there yet or older than its sources; all parts unless some are named. */
export const ensureBuilt = async (names = Object.keys(parts)) => {
  for (const name of names) {
    if (!isBuilt(name)) {
      await withLock('build', async () => {
        if (!isBuilt(name)) await buildPart(name);
      });
    }
  }
};

const buildPart = async (name) => {
  const [target, next] = [`${root}dist/${name}`, `${root}dist/.${name}.next`];
  const inputs = hashOfInputs(name);
  console.error(`Building dist/${name} …`);
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  try {
    await parts[name].build(next);
  } catch (error) {
    console.error(`dist/${name} could not be built: ${error.message}`);
    process.exit(1);
  }
  rmSync(stampOf(name), { force: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(next, target);
  writeFileSync(stampOf(name), inputs);
};

const stampOf = (name) => `${root}dist/.${name}.inputs`;

const isBuilt = (name) =>
  existsSync(stampOf(name)) &&
  existsSync(`${root}dist/${name}`) &&
  readFileSync(stampOf(name), 'utf8') === hashOfInputs(name);

const hashOfInputs = (name) => {
  const hash = createHash('sha256');
  const inputs = [...parts[name].inputs, 'scripts/build.mjs', 'package.json', 'package-lock.json'];
  for (const path of inputs.flatMap(filesUnder))
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(root + path));
  return hash.digest('hex');
};

/** Every file at or below a path of the project, in a fixed order. */
const filesUnder = (path) => {
  if (!existsSync(root + path)) return [];
  if (path.includes('.')) return [path];
  return readdirSync(root + path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(root.length))
    .sort();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readArguments({
    usage: `npm run build
Builds into dist what is not there yet or older than its sources.
  -h, --help  print this`,
  });
  await ensureInstalled();
  await ensureBuilt();
}
