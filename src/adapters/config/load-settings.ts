import { basename } from 'node:path';
import { readCacheYaml } from './cache-yaml/cache-yaml.ts';
import { readConfigFile, TASK_ROOT } from './cache-yaml/config-file.ts';
import type { YamlSection } from './cache-yaml/yaml-section.ts';
import { readEnvironment } from './environment/environment.ts';
import { uselessTier } from './environment/shared-state-settings.ts';
import { adviceOnCompatibility } from './environment/unknown-variables.ts';
import type { EnvironmentVariables } from './environment/variables.ts';
import { type Settings, SettingsError } from './settings.ts';
import { readPlainYaml } from './yaml/plain-yaml.ts';
import type { YamlDocument } from './yaml/yaml-node.ts';
import { resolveVariables } from './yaml/yaml-variables.ts';

/**
 * Reads the settings from the environment and from `cache.yaml`.
 *
 * @param taskRoot the default directory of `cache.yaml`
 * @param sections the sections that `cache.yaml` may have besides `dynamodb`
 * @throws {SettingsError} by rejection, with all problems of both
 */
export const loadSettings = async (
  environment: EnvironmentVariables,
  taskRoot = TASK_ROOT,
  sections: readonly YamlSection[] = [],
): Promise<Settings> => {
  const { settings, configPath, problems } = readEnvironment(environment);
  const needsFile = settings.compatible.size === 0;
  const file = readConfigFile(configPath, taskRoot, needsFile);
  if (file === undefined && problems.length === 0) return checked({ tables: [], ...settings });
  if (file === undefined || 'problem' in file) {
    const missing = file === undefined ? [] : [file.problem, ...adviceOnCompatibility(environment)];
    throw new SettingsError([...problems, ...missing]);
  }
  const parsed = readPlainYaml(file.text) ?? (await readAnyYaml(file.text));
  const document = resolveVariables(file.text, parsed, environment);
  const { problems: found, ...yaml } = readCacheYaml(file.path, document, settings, sections);
  const all = [...problems, ...found];
  const path = found.length > 0 ? (configPath ?? basename(file.path)) : undefined;
  if (all.length > 0) throw new SettingsError(all, { path });
  return checked({ ...yaml, ...settings });
};

/** @throws {SettingsError} if settings of the environment and of the file contradict each other */
const checked = (settings: Settings): Settings => {
  const problem = uselessTier(settings);
  if (problem !== undefined) throw new SettingsError([problem]);
  return settings;
};

const readAnyYaml = async (text: string): Promise<YamlDocument> => {
  // Loaded only if needed: the YAML library would be a third of the loaded code.
  const { readYaml } = await import('./yaml/yaml-document.ts');
  return readYaml(text);
};
