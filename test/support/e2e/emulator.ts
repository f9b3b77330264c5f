import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What runs a program of another architecture. */
export interface Emulator {
  /** A static executable of this machine's. */
  readonly program: string;
  /** What is `/` for the libraries of the other architecture. */
  readonly system: string;
}

const ARM64 = fileURLToPath(new URL('../../../node_modules/.cache/arm64/', import.meta.url));

/** The layer that this machine's processor runs. */
export const OWN_STANDALONE = process.arch === 'arm64' ? 'standalone-arm64' : 'standalone-x86_64';

/**
 * What a standalone layer needs here to run; nothing if that is the processor alone.
 *
 * @throws if it is not there: `npm run test:layers` fetches it
 */
export const findEmulator = (layer: string): Emulator | undefined => {
  if (layer === OWN_STANDALONE) return undefined;
  const emulator = {
    program: `${ARM64}usr/bin/qemu-aarch64-static`,
    system: `${ARM64}usr/aarch64-linux-gnu`,
  };
  const missing = [emulator.program, emulator.system].find((path) => !existsSync(path));
  if (layer !== 'standalone-arm64' || missing !== undefined) throw new Error(`nothing here runs ${layer}`);
  return emulator;
};
