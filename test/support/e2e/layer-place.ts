import {
  chmodSync,
  copyFileSync,
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
import { readZip, unpackedLayer } from '../../../scripts/layers/unzip.mjs';
import { whyNoRoot } from '../../../scripts/test-layers/obstacles.mjs';
import { readElfNeeds } from '../elf/elf-needs.ts';

/** What runs a program of another architecture. */
interface Emulator {
  /** A static executable of this machine's. */
  readonly program: string;
  /** What is `/` for the libraries of the other architecture. */
  readonly system: string;
}

const ARM64 = fileURLToPath(new URL('../../../node_modules/.cache/arm64/', import.meta.url));

/** The layer that this machine's processor runs. */
const OWN_STANDALONE = process.arch === 'arm64' ? 'standalone-arm64' : 'standalone-x86_64';

/**
 * What a standalone layer needs here to run; nothing if that is the processor alone.
 *
 * @throws if it is not there: `npm run test:layers` fetches it
 */
const findEmulator = (layer: string): Emulator | undefined => {
  if (layer === OWN_STANDALONE) return undefined;
  const emulator = {
    program: `${ARM64}usr/bin/qemu-aarch64-static`,
    system: `${ARM64}usr/aarch64-linux-gnu`,
  };
  const missing = [emulator.program, emulator.system].find((path) => !existsSync(path));
  if (layer !== 'standalone-arm64' || missing !== undefined) throw new Error(`nothing here runs ${layer}`);
  return emulator;
};

/** Where loaders look. A file keeps its place, so that the loader that comes with it looks there, too. */
const FOLDERS = ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/lib64', '/lib'].flatMap((folder) => [
  `${folder}/`,
  `/usr${folder}/`,
]);

/**
 * Copies into a root a program of the machine's, with its loader and all libraries that it needs.
 *
 * @param system what is `/` for the libraries: empty for this machine's own
 * @throws if a library is nowhere to be found
 */
const copyProgram = (root: string, system: string, file: string, path: string): void => {
  place(root, file, path);
  copyLibraries(root, system, file);
};

/** Copies the libraries and the loader that a program or a library needs. */
const copyLibraries = (root: string, system: string, file: string): void => {
  const { interpreter, libraries } = readElfNeeds(readFileSync(file));
  if (interpreter !== undefined)
    place(root, found(system, [interpreter, `/usr${interpreter}`]).file, interpreter);
  for (const library of libraries) {
    const { file: source, path } = found(
      system,
      FOLDERS.map((folder) => folder + library),
    );
    if (existsSync(root + path)) continue;
    place(root, source, path);
    copyLibraries(root, system, source);
  }
};

const place = (root: string, file: string, path: string): void => {
  mkdirSync(dirname(root + path), { recursive: true });
  copyFileSync(file, root + path);
};

const found = (system: string, paths: readonly string[]): { file: string; path: string } => {
  const path = paths.find((each) => existsSync(system + each));
  if (path === undefined) throw new Error(`there is none of ${paths.join(', ')} in ${system || '/'}`);
  return { file: system + path, path };
};

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
const lambdaRoot = (layer: string): string => {
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

const ENTER = fileURLToPath(new URL('enter-root.sh', import.meta.url));

/** Where a layer's files are, as its program sees them. */
export interface LayerPlace {
  /** What goes before a command, so that it runs there. */
  readonly enter: readonly [] | readonly [string, ...string[]];
  readonly opt: string;
  /** The folder of `cache.yaml`, `/var/task` in a root. */
  readonly task: string;
  readonly node: string;
}

const canHaveRoot = whyNoRoot() === undefined;

/**
 * A root that holds the layer and what its launcher needs; just the layer where there can be no such root.
 *
 * @param task the folder of `cache.yaml`; without it, `/var/task` is empty
 */
export const layerPlace = (layer: string, task?: string): LayerPlace => {
  if (!canHaveRoot)
    return { enter: [], opt: unpackedLayer(layer), task: task ?? '/var/task', node: process.execPath };
  const root = lambdaRoot(layer);
  return {
    enter: ['/usr/bin/unshare', '--mount', '/bin/sh', ENTER, root, task ?? `${root}/var/task`],
    opt: '/opt',
    task: '/var/task',
    node: '/var/lang/bin/node',
  };
};
