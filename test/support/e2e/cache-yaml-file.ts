import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A `cache.yaml` in a folder of its own. */
export interface CacheYamlFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Writes the text to a file of that name. */
export const writeCacheYaml = async (text: string): Promise<CacheYamlFile> => {
  const folder = await mkdtemp(join(tmpdir(), 'cache-extension-'));
  // The program may run as somebody else.
  await chmod(folder, 0o755);
  const path = join(folder, 'cache.yaml');
  await writeFile(path, text);
  return { path, remove: () => rm(folder, { recursive: true }) };
};
