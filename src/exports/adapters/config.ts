/**
 * `cache.yaml` and the environment.
 *
 * @module
 */
export { loadSettings } from '../../adapters/config/load-settings.ts';
export { nearestName } from '../../adapters/config/nearest-name.ts';
export { readServerSettings, type ServerSettings } from '../../adapters/config/server-settings.ts';
export type { Settings } from '../../adapters/config/settings.ts';
export { SettingsError } from '../../adapters/config/settings-error.ts';
export { VARIABLES } from '../../adapters/config/variable-names.ts';
