import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';

/*
 * Runs what is named, or else everything, in two parts: the examples of the domain and the application, which alone
 * must reach enough of it, and then the rest unwatched. To watch what is reached takes longer than to run it.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const WATCHED = ['domain', 'application'];
const PROPERTIES = '\\.property\\.';

const jest = (args) =>
  spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      `${root}node_modules/jest/bin/jest.js`,
      ...args,
    ],
    { cwd: root, stdio: 'inherit' },
  ).status ?? 1;

const testEverything = () => {
  const folders = readdirSync(`${root}test`);
  const below = (names) => names.map((name) => `test/${name}/`);
  const watched = jest(['--coverage', ...below(WATCHED), '--testPathIgnorePatterns', PROPERTIES]);
  const rest = jest([...below(folders.filter((name) => !WATCHED.includes(name))), PROPERTIES]);
  return Math.max(watched, rest);
};

await ensureInstalled();
await ensureBuilt();
process.exitCode = asked.length === 0 ? testEverything() : jest(asked);
