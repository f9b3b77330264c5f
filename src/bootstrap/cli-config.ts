import process from 'node:process';
import { readConfigStream, readFileAt } from '../adapters/config/cache-yaml/config-file.ts';
import type { CheckedConfig } from '../adapters/command-line/command-line.ts';
import { checkConfigText } from './check-config.ts';

/** Checks the file at `path`, or standard input for `-`. An unreadable file is reported as a problem. */
export const checkConfig = async (path: string): Promise<CheckedConfig> => {
  const file = path === '-' ? await readConfigStream('<stdin>', process.stdin) : readFileAt(path);
  if (file === undefined) {
    return failed(
      `${path}: there is no such file; allowed: the path of a cache.yaml, or - for standard input`,
    );
  }
  return 'problem' in file
    ? failed(file.problem)
    : checkConfigText(file.text, { path: file.path, variables: process.env });
};

const failed = (problem: string): CheckedConfig => ({ tables: [], problems: [problem] });
