import { spawnSync } from 'node:child_process';
import { ensureBun } from '../layers/bun.mjs';
import { ensureEmulator } from './emulator.mjs';

/** Why a program cannot be given a root of its own here; nothing if it can. */
export const whyNoRoot = () => {
  if (process.platform !== 'linux' || process.getuid() !== 0)
    return 'only root on Linux can give a program a root of its own';
  const { status } = spawnSync('/usr/bin/unshare', ['--mount', '/bin/true'], { timeout: 10_000 });
  return status === 0 ? undefined : 'this machine allows no mount namespaces';
};

/** Why a layer cannot be tested here, where `own` is the standalone layer that the processor runs; nothing if it can. */
export const whyNot = (layer, own) => {
  if (!layer.startsWith('standalone-')) return undefined;
  if (process.platform !== 'linux') return 'it is built on Linux';
  try {
    ensureBun(own.slice('standalone-'.length));
    ensureBun(layer.slice('standalone-'.length));
  } catch {
    return 'Bun cannot be fetched';
  }
  if (layer === own) return undefined;
  if (layer !== 'standalone-arm64') return 'nothing here runs it';
  return whyNoRoot() ?? ensureEmulator();
};
