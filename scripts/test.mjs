import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);

await ensureInstalled();
await ensureBuilt();

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    `${root}node_modules/jest/bin/jest.js`,
    // Coverage has a threshold that only the whole suite can reach.
    ...(asked.length === 0 ? ['--coverage'] : asked),
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
