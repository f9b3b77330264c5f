/**
 * `cache.yaml` and the environment.
 *
 * @module
 */

export { nearestName } from '../../adapters/config/environment/nearest-name.ts';
export {
  readServerSettings,
  type ServerSettings,
} from '../../adapters/config/environment/server-settings.ts';
export { VARIABLES } from '../../adapters/config/environment/variable-names.ts';
export { loadSettings } from '../../adapters/config/load-settings.ts';
export type { Settings } from '../../adapters/config/settings.ts';
export { SettingsError } from '../../adapters/config/settings-error.ts';
