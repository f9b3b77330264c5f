import { EntryKey } from '../cache/cache-entry.ts';

/** Names one configuration. Each part is a name or an id; AppConfig accepts either. */
export interface ConfigurationName {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
}

/** The one form of configurations: the bytes and the type that AppConfig returned. */
export const AS_STORED = '*/*';

/** The longest name or id that AppConfig accepts, in characters. */
export const MAX_NAME_CHARACTERS = 128;

const PATH = /^\/applications\/([^/]+)\/environments\/([^/]+)\/configurations\/([^/]+)$/;

/**
 * Parses `/applications/{application}/environments/{environment}/configurations/{profile}`.
 *
 * @param path without the query; segments may be percent-encoded
 * @returns undefined if the path has another form, a malformed escape, a dot segment, or a part that is too long
 */
export const parseConfigurationPath = (path: string): ConfigurationName | undefined => {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, application = '', environment = '', profile = ''] = match;
  try {
    return nameOfParts([application, environment, profile].map(decoded));
  } catch {
    return undefined;
  }
};

/** The name that these three parts form; undefined if their number is another, or one cannot be a name or an id. */
export const nameOfParts = (parts: readonly string[]): ConfigurationName | undefined => {
  const [application = '', environment = '', profile = ''] = parts;
  if (parts.length !== 3 || !parts.every(isPart)) return undefined;
  return { application, environment, profile };
};

// HTTP clients resolve dot segments, so a client that sends one asks for another path.
const isPart = (part: string): boolean =>
  part !== '' && part.length <= MAX_NAME_CHARACTERS && part !== '.' && part !== '..';

const decoded = (segment: string): string => (segment.includes('%') ? decodeURIComponent(segment) : segment);

/** The key of a configuration in a group. Different spellings of a name give different keys. */
export const configurationKey = (
  group: string,
  { application, environment, profile }: ConfigurationName,
): EntryKey => new EntryKey(group, `${escaped(application)}/${escaped(environment)}/${escaped(profile)}`);

/** The name in a key that `configurationKey` made. */
export const configurationNameOf = (key: EntryKey): ConfigurationName => {
  const [application = '', environment = '', profile = ''] = key.id.split('/').map(unescaped);
  return { application, environment, profile };
};

const escaped = (part: string): string =>
  part.includes('/') || part.includes('%') ? part.replaceAll('%', '%25').replaceAll('/', '%2F') : part;

const unescaped = (part: string): string => part.replaceAll('%2F', '/').replaceAll('%25', '%');
