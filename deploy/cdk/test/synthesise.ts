import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CacheStack } from './cache-stack.ts';

const home = fileURLToPath(new URL('..', import.meta.url));

/** Blocks access to a network and to credentials. */
const OFFLINE = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
};

/** The template that `cdk synth` prints, with the layers of a stack. @throws {Error} with the output of `cdk synth` */
export const synthesise = (world: CacheStack, ...options: readonly string[]): string => {
  const cdk = join(home, 'node_modules/aws-cdk/bin/cdk');
  const strict = ['--context', '@aws-cdk/core:validateAgainstDefaultRules=true'];
  const layers = ['--context', `layers=${world.layers}`];
  const output = ['--output', join(world.folder, 'cdk.out')];
  const args = [cdk, 'synth', '--json', ...layers, ...output, ...strict, ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: home,
    env: OFFLINE,
    encoding: 'utf8',
    timeout: 50_000,
  });
  if (status !== 0) throw new Error(`cdk synth ended with ${status}:\n${stderr}`);
  return stdout;
};
