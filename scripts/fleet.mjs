import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';

const { values } = readArguments({
  usage: `npm run fleet -- [options]
Runs built extensions that share a table and a journal, under reads, writes, freezes, kills and faults of the journal.
Compares every read with what docs/fleet.md promises. Ends with status 1 if one shows an older value.
  --mode <mode>       ttl, invocation or a duration; may be repeated. ttl, 1s and invocation by default
  --seconds <n>       for each mode, 300 by default
  --environments <n>  8 by default
  --seed <n>          1 by default
  --layer <name>      builds and runs a layer, such as standalone-x86_64, in place of dist/extension
  -h, --help          print this`,
  options: {
    mode: { type: 'string', multiple: true },
    seconds: { type: 'string' },
    environments: { type: 'string' },
    seed: { type: 'string' },
    layer: { type: 'string' },
  },
});
const { layer, ...passed } = values;

const root = fileURLToPath(new URL('..', import.meta.url));
// As deep below the root as the sources are: what they look for beside them must be where they look.
const folder = `${root}dist/fleet/${process.pid}`;

await ensureInstalled();
await ensureBuilt(['extension']);
if (layer !== undefined) {
  const { status } = spawnSync(process.execPath, [`${root}scripts/layers.mjs`, layer], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: ['test/fleet/main.ts'],
  outfile: `${folder}/fleet.mjs`,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
// Layers are started by it, and it must be beside what starts them.
copyFileSync(`${root}test/support/e2e/enter-root.sh`, `${folder}/enter-root.sh`);

const args = Object.entries(passed).flatMap(([name, given]) =>
  [given].flat().map((one) => `--${name}=${one}`),
);
const child = spawn(process.execPath, ['--enable-source-maps', `${folder}/fleet.mjs`, ...args], {
  stdio: 'inherit',
  env: { ...process.env, ...(layer === undefined ? {} : { EXTENSION_ARTIFACT: layer }) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 128 + constants.signals[signal]);
});
