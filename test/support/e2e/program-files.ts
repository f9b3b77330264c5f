import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readElfNeeds } from '../elf/elf-needs.ts';

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
export const copyProgram = (root: string, system: string, file: string, path: string): void => {
  place(root, file, path);
  copyLibraries(root, system, file);
};

/** Copies the libraries and the loader that a program or a library needs. */
export const copyLibraries = (root: string, system: string, file: string): void => {
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
