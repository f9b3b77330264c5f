import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the tests look for it. */
const HOME = fileURLToPath(new URL('../../node_modules/.cache/arm64', import.meta.url));
const PROGRAM = 'usr/bin/qemu-aarch64-static';
const LIBRARIES = 'usr/aarch64-linux-gnu/lib';
/** QEMU for one process, and the C library of arm64: for all processors, so that no other need be known to apt. */
const PACKAGES = ['qemu-user-static', 'libc6-arm64-cross'];

/**
 * Fetches, unless it is there already, what runs a program for arm64: from the machine's own Debian or Ubuntu mirrors,
 * into a folder, without a change to the machine.
 *
 * @returns why it is not to be had; nothing if it is there
 */
export const ensureEmulator = () => {
  if ([PROGRAM, LIBRARIES].every((path) => existsSync(`${HOME}/${path}`))) return undefined;
  mkdirSync(`${HOME}/..`, { recursive: true });
  const next = mkdtempSync(`${HOME}.`);
  try {
    console.error(`Fetching ${PACKAGES.join(' and ')} …`);
    download(next);
    for (const name of readdirSync(next).filter((each) => each.endsWith('.deb')))
      run('dpkg-deb', ['-x', `${next}/${name}`, `${next}/all`]);
    for (const path of [PROGRAM, LIBRARIES]) {
      if (!existsSync(`${next}/all/${path}`)) throw new Error(`${path} is in none of ${PACKAGES.join(', ')}`);
      mkdirSync(dirname(`${next}/kept/${path}`), { recursive: true });
      renameSync(`${next}/all/${path}`, `${next}/kept/${path}`);
    }
    rmSync(HOME, { recursive: true, force: true });
    renameSync(`${next}/kept`, HOME);
    return undefined;
  } catch (error) {
    return error.message;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
};

const download = (folder) => {
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(`${folder}/${part}`, { recursive: true });
  // Lists of its own: those of the machine may be absent or old, and are not ours to renew.
  const own = [`Dir::State::lists=${folder}/lists`, `Dir::Cache=${folder}/cache`, 'APT::Sandbox::User='];
  const options = own.flatMap((option) => ['-o', option]);
  run('apt-get', [...options, 'update'], folder);
  run('apt-get', [...options, 'download', ...PACKAGES], folder);
};

const run = (command, args, cwd) => {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 240_000 });
  if (status !== 0)
    throw new Error(`${command} failed: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`);
};
