import type { YamlSection } from '../adapters/config/cache-yaml/yaml-section.ts';
import type { EnvironmentVariables } from '../adapters/config/environment/variables.ts';
import { loadSettings } from '../adapters/config/load-settings.ts';
import type { Settings } from '../adapters/config/settings.ts';
import { SECTIONS } from './modules/sections.ts';

/**
 * Reads the settings of the whole program from environment variables and `cache.yaml`.
 *
 * @param sections the sections that the file may have besides `dynamodb`. Default: those of all sources of this program. A
 *   program with another source adds its section: `[...SECTIONS, section]`
 * @throws {SettingsError} by rejection, with all problems of both
 */
export const loadProgramSettings = (
  environment: EnvironmentVariables,
  sections: readonly YamlSection[] = SECTIONS,
): Promise<Settings> => loadSettings(environment, undefined, sections);
