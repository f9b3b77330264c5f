import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { ensureInstalled } from './install.mjs';

const { values } = readArguments({
  usage: `npm run raw-listener -- [options]
Sends random requests to a server with the raw listener and to one without it, on Node.js and with the parser of the
standalone layer, and compares all bytes of the answers.
  --requests <n>      3000000 by default, or the value of RAW_LISTENER_REQUESTS; half of them to each runtime
  --fuzz-minutes <n>  sends damaged bytes for this time instead
  --seed <n>          the seed of the first sequence; 1 by default
  -h, --help          print this`,
  options: {
    requests: { type: 'string' },
    'fuzz-minutes': { type: 'string' },
    seed: { type: 'string' },
  },
});

const { 'fuzz-minutes': fuzzMinutes = '0', seed = '1' } = values;
const requests =
  fuzzMinutes === '0' ? Number(values.requests ?? process.env.RAW_LISTENER_REQUESTS ?? 3_000_000) : 0;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}dist/raw-listener/${process.pid}`;

await ensureInstalled();

const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: ['test/support/http/raw-listener/main.ts'],
  outfile: `${folder}/main.mjs`,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});

/** One process for each runtime. */
const children = ['node', 'standalone'].map((runtime) =>
  spawn(
    process.execPath,
    [
      '--enable-source-maps',
      `${folder}/main.mjs`,
      runtime,
      String(Math.ceil(requests / 2)),
      fuzzMinutes,
      seed,
    ],
    { stdio: 'inherit' },
  ),
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
const exits = await Promise.all(children.map((child) => once(child, 'exit')));
rmSync(folder, { recursive: true, force: true });
const isEqual = exits.every(([code]) => code === 0);
console.log(
  isEqual ? 'No answer differs.' : 'Some answers differ, or a process failed or stalled: see above.',
);
process.exitCode = isEqual ? 0 : 1;
