import type { Address } from '../cache/cache-entry.ts';
import { CacheError } from '../cache/errors.ts';
import type { ConfigurationDirectory } from './configuration-directory.ts';
import { MAX_NAME_CHARACTERS, nameOfParts } from './configuration-name.ts';

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
