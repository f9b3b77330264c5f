import type { Address, EntryKey } from '../cache/cache-entry.ts';
import { CacheError } from '../cache/errors.ts';
import {
  configurationKey,
  type ConfigurationName,
  MAX_NAME_CHARACTERS,
  nameOfParts,
} from './configuration-name.ts';

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

/** The request does not name a configuration. */
export class MalformedConfigurationNameError extends CacheError {
  readonly code = 'malformed_name';
  readonly category = 'invalid_request';

  constructor() {
    super(`application, environment and profile are names or ids of 1 to ${MAX_NAME_CHARACTERS} characters`);
  }
}

/** Parses the parameters of `/applications/:application/environments/:environment/configurations/:profile`. */
export class ConfigurationAddressParser {
  /** The names of the parameters. */
  readonly parameters: readonly string[] = ['application', 'environment', 'profile'];
  readonly #directory: ConfigurationDirectory;

  constructor(directory: ConfigurationDirectory) {
    this.#directory = directory;
  }

  /**
   * Returns the address of the configuration.
   *
   * @param query parameters by name, decoded
   * @throws {MalformedConfigurationNameError | ConfigurationNotListedError}
   */
  parse(query: ReadonlyMap<string, string>): Address {
    const name = nameOfParts(this.parameters.map((parameter) => query.get(parameter) ?? ''));
    if (name === undefined) throw new MalformedConfigurationNameError();
    const key = this.#directory.keyOf(name);
    return { group: key.group, key };
  }
}
