import process from 'node:process';
import { type CheckedCacheYaml, checkCacheYaml } from '../adapters/config/cache-yaml/check-cache-yaml.ts';
import { readConfigStream, readFileAt } from '../adapters/config/cache-yaml/config-file.ts';
import { SECTIONS } from './modules/sections.ts';

/** Checks the file at `path`, or standard input for `-`. An unreadable file is reported as a problem. */
export const checkConfig = async (path: string): Promise<CheckedCacheYaml> => {
  const file = path === '-' ? await readConfigStream('<stdin>', process.stdin) : readFileAt(path);
  if (file === undefined) {
    return failed(
      `${path}: there is no such file; allowed: the path of a cache.yaml, or - for standard input`,
    );
  }
  return 'problem' in file
    ? failed(file.problem)
    : checkCacheYaml(file.text, { path: file.path, sections: SECTIONS });
};

const failed = (problem: string): CheckedCacheYaml => ({ tables: [], preloads: true, problems: [problem] });
