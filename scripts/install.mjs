import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockfile = `${root}package-lock.json`;
const stamp = `${root}node_modules/.installed-lockfile`;
/** What npm itself notes down of the packages that it has installed. */
const npmRecord = `${root}node_modules/.package-lock.json`;

/** What is wrong with this version of Node.js, if something is. */
export const nodeProblem = (version) => {
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = engines.node.replace('>=', '').split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `Node.js ${version} is too old; needed: ${leastMajor}.${leastMinor} or later`;
};

/** Installs what package-lock.json names, unless that is what node_modules holds. */
export const ensureInstalled = async () => {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    console.error(problem);
    process.exit(1);
  }
  if (isStamped()) return;
  await withLock('install', () => {
    if (isStamped()) return;
    if (!holdsAllPackages()) installAll();
    writeFileSync(stamp, lockfileHash());
  });
};

const lockfileHash = () => createHash('sha256').update(readFileSync(lockfile)).digest('hex');

const isStamped = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfileHash();

/** Whether a plain `npm install` has already brought what is wanted, so that nothing need be thrown away. */
const holdsAllPackages = () => {
  if (!existsSync(npmRecord)) return false;
  const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  const held = JSON.parse(readFileSync(npmRecord, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (held[path] === undefined ? optional === true : held[path].version === version),
  );
};

const installAll = () => {
  console.error('Installing dependencies …');
  const npm = process.env.npm_execpath;
  const [command, ...before] = npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm'];
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const { status, error } = spawnSync(command, [...before, ...args], {
    cwd: root,
    // stdout stays free for what the caller was started for.
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status === 0) return;
  console.error(`Dependencies could not be installed: ${error?.message ?? `npm ended with ${status}`}.`);
  process.exit(1);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureInstalled();
