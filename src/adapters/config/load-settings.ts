import { readCacheYaml } from './cache-yaml/cache-yaml.ts';
import { readConfigFile, TASK_ROOT } from './cache-yaml/config-file.ts';
import { readEnvironment } from './environment/environment.ts';
import type { EnvironmentVariables } from './environment/variables.ts';
import { type Settings, SettingsError } from './settings.ts';

import { readPlainYaml } from './yaml/plain-yaml.ts';
import type { YamlDocument } from './yaml/yaml-node.ts';

/**
 * Reads the environment and the file that names the tables.
 *
 * @param taskRoot where `cache.yaml` lies unless a variable says otherwise
 * @throws {SettingsError} with everything that is wrong in either of them
 */
export const loadSettings = async (
  environment: EnvironmentVariables,
  taskRoot = TASK_ROOT,
): Promise<Settings> => {
  const { settings, lifetimes, configPath, problems } = readEnvironment(environment);
  const file = readConfigFile(configPath, taskRoot);
  if ('problem' in file) throw new SettingsError([...problems, file.problem], configPath);
  const document = readPlainYaml(file.text) ?? (await readAnyYaml(file.text));
  const yaml = readCacheYaml(file.path, document, { lifetimes, region: settings.region });
  const all = [...problems, ...yaml.problems];
  if (all.length > 0) throw new SettingsError(all, configPath);
  return { tables: yaml.tables, ...settings };
};

const readAnyYaml = async (text: string): Promise<YamlDocument> => {
  // The library is a third of what there would be to load.
  const { readYaml } = await import('./yaml/yaml-document.ts');
  return readYaml(text);
};
