import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeStatusPage } from '../status-page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Within the project, so that packages are found. */
const builds = `${root}dist/trace`;
const INSTRUMENTER = new URL('instrument.mjs', import.meta.url);

/**
 * Builds the instrumented form of every module of `src`, unless it is there already.
 *
 * @returns {Promise<string>} a folder that mirrors `src`
 */
export const buildInstrumented = async () => {
  const sources = readSources();
  const folder = join(builds, hashOf(sources));
  if (existsSync(folder)) return folder;
  console.error('Building the instrumented program …');
  // Takes half a second to load, and is needed for a build only.
  const { instrument } = await import(INSTRUMENTER.href);
  const unfinished = `${folder}.${process.pid}`;
  for (const [path, text] of instrument(sources)) {
    const target = join(unfinished, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  // The command line reads it at its start.
  await writeStatusPage(unfinished);
  const outdated = readdirSync(builds).filter((name) => !name.includes('.'));
  for (const name of outdated) rmSync(join(builds, name), { recursive: true, force: true });
  renameSync(unfinished, folder);
  return folder;
};

/**
 * The module that is the program's command line, in a folder that mirrors `src`: what `package.json` names as `bin`.
 *
 * @param {string} folder
 * @returns {string}
 */
export const entryIn = (folder) => {
  const { bin } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return join(folder, Object.values(bin)[0].replace(/^dist\/lib\//, ''));
};

const readSources = () => {
  const paths = readdirSync(`${root}src`, { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(`${root}src/${path}`, 'utf8')]));
};

const hashOf = (sources) => {
  const hash = createHash('sha256').update(readFileSync(INSTRUMENTER));
  for (const [path, text] of sources) hash.update(path).update('\0').update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
};
