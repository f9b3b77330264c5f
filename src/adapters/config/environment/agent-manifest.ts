import { readFileSync } from 'node:fs';
import { type ConfigurationName, nameOfParts } from '../../../domain/appconfig/configuration-name.ts';
import { type AssumedRole, assumedRoleId } from '../../../domain/iam/assumed-role.ts';
import { isObject, type JsonObject, readObject } from '../../../domain/json/json-object.ts';
import { AWS_REGION_NAME } from '../../../domain/regions/region-name.ts';
import { MAX_ROLES, parseRole } from '../role-settings.ts';
import { parsePollInterval } from './lenient-reader.ts';
import { REGION_RULE } from './variables.ts';

/** What a manifest says of one configuration. */
export interface ManifestEntry extends ConfigurationName {
  readonly role?: AssumedRole;
  readonly region?: string;
  readonly pollIntervalMs?: number;
}

/** A manifest. No text shows anything of it but intervals. */
export interface AgentManifest {
  readonly entries: readonly ManifestEntry[];
  /** What is ignored. */
  readonly warnings: readonly string[];
  /** What might select another identity, and cannot be followed. */
  readonly problems: readonly string[];
}

const VARIABLE = 'AWS_APPCONFIG_EXTENSION_MANIFEST';
const FILE_PREFIX = 'file:';
const MAX_BYTES = 1_048_576;

const MANIFEST_RULE =
  'allowed: the JSON of a manifest, or file: and the path of a file with it, such as file:/var/task/manifest.json; or unset it, and set roleArn in the section appConfig of cache.yaml';

/**
 * Reads the manifest of AWS's AppConfig Agent: `{"Application:Environment:Profile": {"credentials": {"roleArn": "…"}}}`.
 * The agent knows the features `credentials` and `writeTo`; this program knows `credentials`, `region` and `pollInterval`.
 *
 * @param given the value of the variable
 * @see https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-agent-how-to-use-additional-features.html
 */
export const readAgentManifest = (given: string | undefined): AgentManifest => {
  const reader = new ManifestReader();
  if (given !== undefined) reader.read(given.trim());
  return reader;
};

class ManifestReader implements AgentManifest {
  readonly entries: ManifestEntry[] = [];
  readonly warnings: string[] = [];
  readonly problems: string[] = [];

  read(given: string): void {
    const bytes = given.startsWith(FILE_PREFIX) ? this.#file(pathIn(given)) : Buffer.from(given);
    if (bytes === undefined) return;
    const manifest = readObject(bytes);
    if (manifest === undefined) {
      if (given.startsWith(FILE_PREFIX)) this.#reject(`is a file that ${NO_OBJECT}`);
      else this.#reject(nameOfParts(given.split(':')) === undefined ? NO_OBJECT : NAMES_A_CONFIGURATION);
      return;
    }
    for (const [index, [name, features]] of Object.entries(manifest).entries()) {
      const position = `entry ${index + 1}`;
      const configuration = nameOfParts(name.split(':'));
      if (configuration === undefined)
        this.#problem(`the name of ${position}`, 'Application:Environment:Profile, each a name or an id');
      else if (isObject(features)) this.#add(configuration, features, position);
      else this.#problem(position, 'an object with the features of the configuration');
    }
    this.#checkRoles();
  }

  #add(configuration: ConfigurationName, features: JsonObject, position: string): void {
    const { credentials, region, pollInterval, ...others } = features;
    for (const name of Object.keys(others)) this.#warn(`a feature of ${position}`, name);
    this.entries.push({
      ...configuration,
      ...(credentials === undefined ? {} : this.#role(credentials, position)),
      ...(region === undefined ? {} : this.#region(region, position)),
      ...(pollInterval === undefined ? {} : this.#pollInterval(pollInterval, position)),
    });
  }

  #role(credentials: unknown, position: string): Pick<ManifestEntry, 'role'> {
    const place = `credentials of ${position}`;
    const isUsable =
      isObject(credentials) &&
      credentials.roleArn !== undefined &&
      Object.entries(credentials).every(
        ([name, value]) => MEMBERS.includes(name) && typeof value === 'string',
      );
    if (!isUsable) {
      this.#problem(place, `an object of texts with roleArn, and only ${MEMBERS.join(', ')}`);
      return {};
    }
    const textOf = (name: string) => String(credentials[name]);
    const { role, problems } = parseRole({
      roleArn: textOf(ROLE_MEMBERS.roleArn),
      ...(ROLE_MEMBERS.externalId in credentials ? { externalId: textOf(ROLE_MEMBERS.externalId) } : {}),
      ...(ROLE_MEMBERS.sessionName in credentials ? { sessionName: textOf(ROLE_MEMBERS.sessionName) } : {}),
    });
    for (const { name, rule } of problems) this.#problem(`${ROLE_MEMBERS[name]} in ${place}`, rule);
    return role === undefined ? {} : { role };
  }

  /** In another region, the same names may be those of other configurations. */
  #region(region: unknown, position: string): Pick<ManifestEntry, 'region'> {
    if (typeof region === 'string' && AWS_REGION_NAME.test(region)) return { region };
    this.#problem(`region of ${position}`, REGION_RULE);
    return {};
  }

  #pollInterval(given: unknown, position: string): Pick<ManifestEntry, 'pollIntervalMs'> {
    const { value, warning } = parsePollInterval(String(given), `${VARIABLE}: pollInterval of ${position}`);
    if (warning !== undefined) this.warnings.push(warning);
    return { pollIntervalMs: value };
  }

  #checkRoles(): void {
    const roles = new Set(
      this.entries.flatMap(({ role }) => (role === undefined ? [] : assumedRoleId(role))),
    );
    if (roles.size > MAX_ROLES) this.#reject(`names ${roles.size} roles`, `allowed: at most ${MAX_ROLES}`);
  }

  #file(path: string): Uint8Array | undefined {
    try {
      const bytes = readFileSync(path);
      if (bytes.byteLength <= MAX_BYTES) return bytes;
      this.#reject(`is a file of more than ${MAX_BYTES} bytes`);
    } catch (error) {
      const code = isObject(error) && typeof error.code === 'string' ? error.code : 'it has no path';
      this.#reject(`is a file that cannot be read (${code})`);
    }
    return undefined;
  }

  #warn(what: string, name: string): void {
    const shown = KNOWN_FEATURES.has(name) ? `${name}, ${what},` : what;
    this.warnings.push(
      `${VARIABLE}: ${shown} is not supported, and ignored; supported: credentials, region, pollInterval`,
    );
  }

  #problem(place: string, allowed: string): void {
    this.#reject(`is not usable: ${place} (its value is not shown)`, `allowed: ${allowed}`);
  }

  #reject(problem: string, rule = MANIFEST_RULE): void {
    this.problems.push(`${VARIABLE} ${problem}; ${rule}`);
  }
}

const NO_OBJECT = 'is not a JSON object in which each name occurs once';

const NAMES_A_CONFIGURATION =
  'names a configuration of AppConfig that contains the manifest, which is not supported';

/** The features that AWS's agent has, and this program has not. */
const KNOWN_FEATURES: ReadonlySet<string> = new Set(['writeTo', 'backup']);

/** How a manifest names the settings of a role. */
const ROLE_MEMBERS = {
  roleArn: 'roleArn',
  externalId: 'roleExternalId',
  sessionName: 'roleSessionName',
} as const;

/** Sessions last an hour here, and are renewed: `credentialsDuration` has no effect. */
const MEMBERS: readonly string[] = [...Object.values(ROLE_MEMBERS), 'credentialsDuration'];

/** Accepts `file:/path` and the URL `file:///path`. */
const pathIn = (given: string): string => given.slice(FILE_PREFIX.length).replace(/^\/\/(?=\/)/, '');
