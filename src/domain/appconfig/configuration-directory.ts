import type { EntryKey } from '../cache/cache-entry.ts';
import { CacheError } from '../cache/errors.ts';
import { type ConfigurationName, configurationKey } from './configuration-name.ts';

/** The group of configurations that are not listed. No table has this name. */
export const ON_DEMAND_GROUP = 'appconfig:*';

/** A configuration that is listed in `cache.yaml`, with the group that it forms. */
export interface ListedConfiguration extends ConfigurationName {
  readonly group: string;
}

/** Finds the key of a requested configuration: in the group of its own if it is listed, else in the on-demand group. */
export class ConfigurationDirectory {
  readonly #listed: ReadonlyMap<string, EntryKey>;
  readonly #onDemand: boolean;

  /**
   * @param onDemand whether configurations that are not listed may be read
   * @throws {RangeError} if a configuration is listed twice
   */
  constructor(listed: readonly ListedConfiguration[], onDemand: boolean) {
    const keys = listed.map((configuration) => configurationKey(configuration.group, configuration));
    this.#listed = new Map(keys.map((key) => [key.id, key]));
    this.#onDemand = onDemand;
    if (this.#listed.size < listed.length) throw new RangeError('a configuration is listed twice');
  }

  /** @throws {ConfigurationNotListedError} if the configuration is not listed and only listed ones may be read */
  keyOf(name: ConfigurationName): EntryKey {
    const key = configurationKey(ON_DEMAND_GROUP, name);
    const listed = this.#listed.get(key.id);
    if (listed !== undefined) return listed;
    if (!this.#onDemand) throw new ConfigurationNotListedError();
    return key;
  }
}

/** The configuration is not listed, and `onDemand: false` restricts reads to those that are. */
export class ConfigurationNotListedError extends CacheError {
  readonly code = 'configuration_not_listed';
  readonly category = 'forbidden';

  constructor() {
    super('the configuration is not listed under appConfig in cache.yaml, and onDemand is false');
  }
}
