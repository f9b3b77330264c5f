import {
  type ConfigurationName,
  MAX_NAME_CHARACTERS,
  nameOfParts,
  parseConfigurationPath,
} from '../../../domain/appconfig/configuration-name.ts';
import type { AssumedRole } from '../../../domain/iam/assumed-role.ts';
import { AWS_REGION_NAME } from '../../../domain/regions/region-name.ts';
import type { LogLevel } from '../../../ports/outbound/logger.ts';
import type { ProxySettings } from '../../aws/http-client/proxy-tunnel.ts';
import { parseRole } from '../role-settings.ts';
import { type ManifestEntry, readAgentManifest } from './agent-manifest.ts';
import {
  hasOwnTimeout,
  LEVELS_OF_AWS,
  type LenientSetting,
  lenientReader,
  MAX_CONNECTIONS,
  parsePollInterval,
  parsePollTimeout,
} from './lenient-reader.ts';
import { REGION_RULE, type Variables } from './variables.ts';

/** The variables of AWS's AppConfig Agent extension, as it reads them. */
export interface AppConfigAgentVariables {
  readonly pollIntervalMs: number;
  /** Undefined: `CACHE_EXTENSION_TIMEOUT` applies. */
  readonly pollTimeoutMs: number | undefined;
  /** Configurations to load before the first invocation. */
  readonly prefetched: readonly ConfigurationName[];
  /** Undefined: the region of the function. */
  readonly region: string | undefined;
  /** Reads all configurations that `cache.yaml` gives no role; undefined: the function's own. */
  readonly role: AssumedRole | undefined;
  /** Settings of single configurations, which precede those above. Those of `cache.yaml` precede these. */
  readonly manifest: readonly ManifestEntry[];
  /** Calls at the same time. */
  readonly maxReads: number | undefined;
  readonly logLevel: LogLevel | undefined;
  /** URL of AppConfig's data service; undefined: the endpoint of the region. */
  readonly endpoint: string | undefined;
  /** The proxy for calls to AppConfig. */
  readonly proxy: ProxySettings | undefined;
  /** What is wrong with the values, and which variables are ignored. */
  readonly warnings: readonly string[];
}

const AGENT_PREFIX = 'AWS_APPCONFIG_EXTENSION_';

/** Which values a variable may have. */
interface TextRule {
  readonly isAllowed: (value: string) => boolean;
  /** For the warning. */
  readonly allowed: string;
}

/** Which URLs the variables of AWS's AppConfig Agent may have. */
export interface AppConfigAgentUrlRules {
  readonly endpoint: TextRule;
  readonly proxy: TextRule;
}

/** A variable that has no meaning here. */
const NOT_SUPPORTED = 'PROXY_HEADERS';

/**
 * Reads the variables of AWS's AppConfig Agent extension. A value out of range is replaced by the nearest one in range; a
 * variable that selects another identity in a way that cannot be followed is reported to `variables`.
 *
 * @see https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-lambda-extensions-config.html
 */
export const appConfigAgentVariables = (
  variables: Variables,
  urls: AppConfigAgentUrlRules,
): AppConfigAgentVariables => {
  const { number, word, warnings } = lenientReader(variables);
  const text = (name: string) => variables.text(AGENT_PREFIX + name);
  const setting = <Value>({ value, warning }: LenientSetting<Value>): Value => {
    if (warning !== undefined) warnings.push(warning);
    return value;
  };
  // Warnings do not show these values: a URL may contain a password.
  const checked = (name: string, { isAllowed, allowed }: TextRule) => {
    const value = text(name)?.trim();
    if (value === undefined || isAllowed(value)) return value;
    warnings.push(`${AGENT_PREFIX}${name} is ignored (its value is not shown); allowed: ${allowed}`);
    return undefined;
  };
  const proxyUrl = checked('PROXY_URL', urls.proxy);
  const manifest = readAgentManifest(text('MANIFEST'));
  warnings.push(...manifest.warnings);
  // Its roles may be those of another account.
  for (const problem of manifest.problems) variables.report(problem);
  if (text(NOT_SUPPORTED) !== undefined)
    warnings.push(`${AGENT_PREFIX}${NOT_SUPPORTED} is not supported, and ignored`);
  return {
    pollIntervalMs: setting(parsePollInterval(text('POLL_INTERVAL_SECONDS') ?? '')),
    pollTimeoutMs: hasOwnTimeout(variables)
      ? undefined
      : setting(parsePollTimeout(text('POLL_TIMEOUT_MILLIS') ?? '')),
    prefetched: setting(parsePrefetchList(text('PREFETCH_LIST') ?? '')),
    region: checked('SERVICE_REGION', REGION),
    role: roleIn(text, variables),
    manifest: manifest.entries,
    maxReads: number(`${AGENT_PREFIX}MAX_CONNECTIONS`, 1, MAX_CONNECTIONS),
    logLevel: word(`${AGENT_PREFIX}LOG_LEVEL`, AGENT_LEVELS),
    endpoint: checked('SERVICE_ENDPOINT', urls.endpoint),
    proxy: proxyUrl === undefined ? undefined : { url: proxyUrl, noProxy: '' },
    warnings,
  };
};

/** The role of all configurations. A malformed value is reported, because the function's own role would read in its place. */
const roleIn = (
  text: (name: string) => string | undefined,
  variables: Variables,
): AssumedRole | undefined => {
  const given = {
    roleArn: text('ROLE_ARN'),
    externalId: text('ROLE_EXTERNAL_ID'),
    sessionName: text('ROLE_SESSION_NAME'),
  };
  if (given.roleArn === undefined) return undefined;
  const { role, problems } = parseRole(given);
  for (const { name, rule } of problems)
    variables.report(
      `${AGENT_PREFIX}${ROLE_VARIABLES[name]} is not usable (its value is not shown); allowed: ${rule}`,
    );
  return role;
};

const ROLE_VARIABLES = {
  roleArn: 'ROLE_ARN',
  externalId: 'ROLE_EXTERNAL_ID',
  sessionName: 'ROLE_SESSION_NAME',
};

const REGION: TextRule = {
  isAllowed: (text) => AWS_REGION_NAME.test(text),
  allowed: REGION_RULE,
};

const AGENT_LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'debug'],
  ...LEVELS_OF_AWS,
  ['fatal', 'error'],
]);

const PREFETCH_LIST = 'AWS_APPCONFIG_EXTENSION_PREFETCH_LIST';

/**
 * The configurations to load at the start, separated by commas. Each is `Application:Environment:Profile`, or the older
 * `/applications/{application}/environments/{environment}/configurations/{profile}`. Unreadable ones are skipped.
 */
export const parsePrefetchList = (text: string): LenientSetting<readonly ConfigurationName[]> => {
  const value: ConfigurationName[] = [];
  const unreadable: number[] = [];
  for (const [index, part] of text.split(',').entries()) {
    const given = part.trim();
    if (given === '') continue;
    const name = given.startsWith('/') ? parseConfigurationPath(given) : nameOfParts(given.split(':'));
    if (name === undefined) unreadable.push(index + 1);
    else value.push(name);
  }
  if (unreadable.length === 0) return { value };
  const warning = `${PREFETCH_LIST}: ignored at position ${unreadable.join(', ')}; allowed: Application:Environment:Profile, each a name or an id of at most ${MAX_NAME_CHARACTERS} characters; an id must replace a name with a comma or a colon`;
  return { value, warning };
};
