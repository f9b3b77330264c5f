import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';

readArguments({
  usage: `npm run soak -- [options]
Sends the program random requests under all kinds of faults, then reads and writes through the endpoint for SDKs,
then reads and writes parameters and secrets in all ways, then in fleets of environments, and judges every answer.
  --requests <n>  1000000 by default
  --seed <n>      1 by default
  --only <part>   in-process, built-program, endpoint, values or fleet
  -h, --help      print this`,
  options: { requests: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});

const root = fileURLToPath(new URL('..', import.meta.url));
// As deep below the root as the sources are: what they look for beside them must be where they look.
const folder = `${root}dist/soak/${process.pid}`;

await ensureInstalled();
await ensureBuilt(['extension']);

const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: ['test/soak/main.ts'],
  outfile: `${folder}/soak.mjs`,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const child = spawn(
  process.execPath,
  ['--expose-gc', '--enable-source-maps', `${folder}/soak.mjs`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 128 + constants.signals[signal]);
});
