import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VARIABLES } from '../environment/variable-names.ts';
import { shownValue } from '../environment/variables.ts';

/** Where the code of a function lies. Extensions are not told. */
export const TASK_ROOT = '/var/task';

const FILE_NAMES = ['cache.yaml', 'cache.yml'];

/** Reads the file at `path`, or `cache.yaml` or `cache.yml` of `directory` if no path is given. */
export const readConfigFile = (path: string | undefined, directory: string): ConfigText => {
  if (path !== undefined) return readFileAt(path) ?? { problem: missingAt(path) };
  const paths = FILE_NAMES.map((name) => join(directory, name));
  const found = paths.map(readFileAt).filter((file) => file !== undefined);
  const [file, another] = found;
  if (another !== undefined) return { problem: `${paths.join(' and ')} both exist; allowed: one of them` };
  return file ?? { problem: missingFrom(paths) };
};

/**
 * Reads the file at `path`; undefined if there is none. At once: nothing else goes on meanwhile, and a start that waits for
 * Node's threads takes longer.
 */
export const readFileAt = (path: string): ConfigText | undefined => {
  try {
    const status = statSync(path);
    // Opening a pipe would wait for somebody to write to it.
    if (!status.isFile()) return { problem: `${path} is not a file; allowed: a YAML file` };
    if (status.size > MAX_CONFIG_BYTES) {
      return { problem: `${path} has ${status.size} bytes; allowed: at most ${MAX_CONFIG_BYTES}` };
    }
    return configText(path, readFileSync(path));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { problem: `${path} cannot be read (${code}); allowed: a YAML file that this process may read` };
  }
};

const missingAt = (path: string): string =>
  `${VARIABLES.config} is ${shownValue(path)}, where there is no file; allowed: the path of a cache.yaml`;

const missingFrom = (paths: readonly string[]): string =>
  `no cache.yaml was found, tried ${paths.join(' and ')}; put one there, or its path into ${VARIABLES.config}`;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);

/** Reads a stream to its end, or as far as a file may reach; `name` is what problems call it. Rejects if the stream fails. */
export const readConfigStream = async (
  name: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<ConfigText> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_CONFIG_BYTES) {
      return { problem: `${name} has more than ${MAX_CONFIG_BYTES} bytes, which is the most allowed` };
    }
  }
  return configText(name, Buffer.concat(chunks));
};

/** The text that names the tables and what its file is called, or why there is none to be read. */
export type ConfigText = { readonly path: string; readonly text: string } | { readonly problem: string };

/** More than any file needs. */
export const MAX_CONFIG_BYTES = 1_048_576;

/** The text of `bytes`. */
export const configText = (path: string, bytes: Uint8Array): ConfigText => {
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: `${path} is not UTF-8 text; allowed: YAML in UTF-8` };
  }
};
