import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { root } from './bundle.mjs';

const { version, packages } = JSON.parse(readFileSync(`${root}layers/bun.json`, 'utf8'));

/** The version of Bun that the standalone layers are made with. */
export const bunVersion = version;

/**
 * The Bun for Linux on an architecture, `x86_64` or `arm64`: fetched from the npm registry unless it is there already.
 *
 * @throws if it cannot be fetched, or is not what layers/bun.json names
 */
export const ensureBun = (architecture) => {
  const home = `${root}node_modules/.cache/bun/${version}`;
  const bun = `${home}/${architecture}/package/bin/bun`;
  if (existsSync(bun)) return bun;
  console.error(`Fetching Bun ${version} for ${architecture} …`);
  mkdirSync(home, { recursive: true });
  const next = mkdtempSync(`${home}/.next-`);
  try {
    run('tar', ['-xzf', fetch(packages[architecture], next), '-C', next]);
    renameSync(next, `${home}/${architecture}`);
  } catch (error) {
    rmSync(next, { recursive: true });
    // Another process may have been faster.
    if (!existsSync(bun)) throw error;
  }
  return bun;
};

/** `npm pack` takes packages for other processors too, which `npm install` refuses. */
const fetch = ({ name, integrity }, folder) => {
  // Without it, npm takes the project above for the place to work in.
  writeFileSync(`${folder}/package.json`, '{"private":true}\n');
  const file = run('npm', ['pack', `${name}@${version}`, '--loglevel=error'], folder)
    .trim()
    .split('\n')
    .at(-1);
  const digest = createHash('sha512')
    .update(readFileSync(`${folder}/${file}`))
    .digest('base64');
  if (`sha512-${digest}` !== integrity)
    throw new Error(`${name}@${version} is not what layers/bun.json names`);
  return `${folder}/${file}`;
};

const run = (command, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${(error?.message ?? stderr).trim()}`);
};
