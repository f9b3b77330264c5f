import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readZip } from '../../../scripts/layers/unzip.mjs';
import { type Emulator, findEmulator } from './emulator.ts';
import { copyLibraries, copyProgram } from './program-files.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));
const ROOTS = `${project}node_modules/.cache/lambda-roots`;
/** Amazon Linux has bash as its sh. */
const SHELL = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
const PROGRAM = 'opt/dynamodb-cache/extension';

/**
 * A folder to be `/` for what `npm run layers` made under that name: the layer unzipped as `/opt`, and nothing else but
 * what its launcher needs. Made when there is none yet of that zip.
 *
 * @throws if the layer has not been built
 */
export const lambdaRoot = (layer: string): string => {
  const zip = `${project}dist/layers/${layer}.zip`;
  if (!existsSync(zip)) throw new Error(`${zip} is not there: build it with npm run layers -- ${layer}`);
  const { mtimeMs, size } = statSync(zip);
  const root = `${ROOTS}/${layer}-${Math.trunc(mtimeMs)}-${size}-${process.version}`;
  if (existsSync(root)) return root;
  mkdirSync(ROOTS, { recursive: true });
  const next = mkdtempSync(`${root}.`);
  try {
    fill(next, layer, readFileSync(zip));
    renameSync(next, root);
  } catch (error) {
    rmSync(next, { recursive: true });
    // Another process may have been faster.
    if (!existsSync(root)) throw error;
  }
  return root;
};

const fill = (root: string, layer: string, zip: Uint8Array): void => {
  chmodSync(root, 0o755);
  for (const folder of ['dev', 'proc', 'tmp', 'var/task'])
    mkdirSync(`${root}/${folder}`, { recursive: true });
  for (const device of ['null', 'urandom']) writeFileSync(`${root}/dev/${device}`, '');
  for (const [path, { bytes, mode }] of readZip(zip)) {
    mkdirSync(dirname(`${root}/opt/${path}`), { recursive: true });
    writeFileSync(`${root}/opt/${path}`, bytes, { mode });
  }
  copyProgram(root, '', SHELL, '/bin/sh');
  if (layer === 'node') {
    copyProgram(root, '', process.execPath, '/var/lang/bin/node');
    return;
  }
  const emulator = findEmulator(layer);
  copyLibraries(root, emulator?.system ?? '', `${root}/${PROGRAM}`);
  if (emulator) emulate(root, emulator);
};

/** Puts in the place of the program a script that runs it by the emulator. */
const emulate = (root: string, { program }: Emulator): void => {
  copyProgram(root, '', program, '/bin/emulator');
  renameSync(`${root}/${PROGRAM}`, `${root}/${PROGRAM}.foreign`);
  writeFileSync(`${root}/${PROGRAM}`, `#!/bin/sh\nexec /bin/emulator /${PROGRAM}.foreign "$@"\n`, {
    mode: 0o755,
  });
};
