import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { runClientContract } from './client-contract.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const isThere = spawnSync('javac', ['--release', '11', '--version']).status === 0;
let classes: string | undefined;
afterAll(() => {
  if (classes !== undefined) rmSync(classes, { recursive: true });
});

runClientContract({
  name: 'Java',
  prepare: () => {
    classes = mkdtempSync(join(tmpdir(), 'java-client-'));
    const sources = [path('../../../examples/clients/java/CacheClient.java'), path('drivers/Driver.java')];
    execFileSync('javac', ['--release', '11', '-Xlint:all', '-Werror', '-d', classes, ...sources]);
    return { command: ['java', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', classes, 'Driver'] };
  },
  keepsDigits: true,
  skip: isThere ? undefined : 'there is no javac 11 or later',
});
