import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VARIABLES } from '../environment/variable-names.ts';
import { shownValue } from '../environment/variables.ts';

/** The directory of the function's code. Lambda gives extensions no variable for it. */
export const TASK_ROOT = '/var/task';

const FILE_NAMES = ['cache.yaml', 'cache.yml'];

/**
 * Reads the file at `path`, or `cache.yaml` or `cache.yml` of `directory` if no path is given.
 *
 * @returns undefined if there is no such file, none is named, and none is needed
 */
export const readConfigFile = (
  path: string | undefined,
  directory: string,
  isNeeded = true,
): ConfigText | undefined => {
  if (path !== undefined) return readFileAt(path) ?? { problem: missingAt(path) };
  const paths = FILE_NAMES.map((name) => join(directory, name));
  const found = paths.map(readFileAt).filter((file) => file !== undefined);
  const [file, another] = found;
  if (another !== undefined) return { problem: `${paths.join(' and ')} both exist; allowed: one of them` };
  return file ?? (isNeeded ? { problem: missingFrom(paths) } : undefined);
};

/**
 * Reads the file at `path`; returns undefined if it does not exist. Reads synchronously, because waiting for Node's thread
 * pool would make the start longer, and no other work is pending.
 */
export const readFileAt = (path: string): ConfigText | undefined => {
  try {
    const status = statSync(path);
    // Opening a pipe would block until another process writes to it.
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
  `${VARIABLES.config} is ${shownValue(path)}, but no file exists there; allowed: the path of a cache.yaml`;

const missingFrom = (paths: readonly string[]): string =>
  `no cache.yaml was found, tried ${paths.join(' and ')}; create one of them, or set ${VARIABLES.config} to its path`;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);

/** Reads a stream up to the largest allowed size. Problems refer to it as `name`. Rejects if the stream fails. */
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
      return { problem: `${name} has too many bytes; allowed: at most ${MAX_CONFIG_BYTES}` };
    }
  }
  return configText(name, Buffer.concat(chunks));
};

/** The text of the configuration with its path, or the problem that prevented reading it. */
export type ConfigText = { readonly path: string; readonly text: string } | { readonly problem: string };

/** The largest configuration, in bytes. No real file needs more. */
const MAX_CONFIG_BYTES = 1_048_576;

/** Decodes the bytes of a configuration. */
const configText = (path: string, bytes: Uint8Array): ConfigText => {
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: `${path} is not UTF-8 text; allowed: YAML in UTF-8` };
  }
};
