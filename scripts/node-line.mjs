import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the `node` of a release line; the npm registry has one as a package for each platform. */
export const ensureNode = (line) => {
  const home = fileURLToPath(new URL(`../node_modules/.cache/node/${line}`, import.meta.url));
  const name = `node-${process.platform}-${process.arch}`;
  const folder = `${home}/node_modules/${name}/bin`;
  if (existsSync(`${folder}/node`)) return folder;
  mkdirSync(home, { recursive: true });
  // Without it, npm takes the project above for the place to install into.
  writeFileSync(`${home}/package.json`, '{"private":true}\n');
  const { status } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-save', `${name}@${line}`],
    {
      cwd: home,
      stdio: ['ignore', process.stderr, process.stderr],
    },
  );
  if (status !== 0) throw new Error(`Node ${line} could not be fetched`);
  return folder;
};
