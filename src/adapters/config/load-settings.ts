import { readCacheYaml } from './cache-yaml.ts';
import { readConfigFile, TASK_ROOT } from './config-file.ts';
import { readEnvironment } from './environment.ts';
import type { Settings } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import type { Environment } from './variables.ts';

/**
 * Reads the environment and the file that names the tables.
 *
 * @param taskRoot where `cache.yaml` lies unless a variable says otherwise
 * @throws {SettingsError} with everything that is wrong in either of them
 */
export const loadSettings = async (environment: Environment, taskRoot = TASK_ROOT): Promise<Settings> => {
  const { settings, lifetimes, configPath, problems } = readEnvironment(environment);
  const file = readConfigFile(configPath, taskRoot);
  if ('problem' in file) throw new SettingsError([...problems, file.problem]);
  const yaml = readCacheYaml(file.path, file.text, { lifetimes, region: settings.region });
  const all = [...problems, ...yaml.problems];
  if (all.length > 0) throw new SettingsError(all);
  return { tables: yaml.tables, ...settings };
};
