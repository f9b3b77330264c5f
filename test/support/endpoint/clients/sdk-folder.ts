import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../../../node_modules/.cache', import.meta.url));

/**
 * The folder of the AWS SDK for JavaScript of a year, exactly what is locked beside this. The package registry is needed the
 * first time.
 */
export const sdkFolder = async (
  year: '2024' | '2026',
): Promise<string | { readonly unavailable: string }> => {
  const locked = fileURLToPath(new URL(`sdk-of-${year}`, import.meta.url));
  const lock = await readFile(join(locked, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const folder = join(CACHE, `sdk-of-${year}-${digest}`);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const next = await mkdtemp(`${folder}.`);
  try {
    await cp(locked, next, { recursive: true });
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: next, timeout: 120_000 });
    await rename(next, folder);
  } catch (error) {
    await rm(next, { recursive: true, force: true });
    // Somebody else may have been faster; theirs is as good.
    if (!existsSync(folder)) return { unavailable: `it is not to be had: ${String(error).split('\n', 1)}` };
  }
  return folder;
};
