/**
 * Settings from `cache.yaml` and environment variables.
 *
 * @module
 */

export { YamlSection } from '../../adapters/config/cache-yaml/yaml-section.ts';
export {
  readServerSettings,
  type ServerSettings,
} from '../../adapters/config/environment/server-settings.ts';
export { nearestName } from '../../adapters/config/environment/unknown-variables.ts';
export { VARIABLES } from '../../adapters/config/environment/variable-names.ts';
export { loadSettings } from '../../adapters/config/load-settings.ts';
export type { Settings, SettingsAdvice } from '../../adapters/config/settings.ts';
export { SettingsError } from '../../adapters/config/settings.ts';
