import { createHash } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const checkout = createHash('sha256')
  .update(import.meta.url)
  .digest('hex')
  .slice(0, 16);

/** Runs `work` while no other process does the same thing in this checkout; waits until it may. */
export const withLock = async (name, work) => {
  const path = join(tmpdir(), `dynamodb-cache-extension-${checkout}-${name}.lock`);
  for (let waited = false; !take(path); waited = true) {
    if (!waited) console.error(`Waiting for another process: ${name} …`);
    await delay(200);
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
};

/** Links a file that already names its owner, so that no lock is ever seen without one. */
const take = (path) => {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    discardIfOrphaned(path, own);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
};

/** Of several who find the same orphan, one moves it away. */
const discardIfOrphaned = (path, own) => {
  try {
    if (!isAlive(Number(readFileSync(path, 'utf8')))) renameSync(path, own);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
};

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
};
