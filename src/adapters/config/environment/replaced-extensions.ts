import {
  type AgentSetting,
  parsePollInterval,
  parsePollTimeout,
  parsePrefetchList,
} from '../../../domain/appconfig/agent-settings.ts';
import type { ConfigurationName } from '../../../domain/appconfig/configuration-name.ts';
import type { LogLevel } from '../../../ports/outbound/logger.ts';
import type { ProxySettings } from '../../aws/http-client/proxy-tunnel.ts';
import { VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

/** What the variables of AWS's Parameters and Secrets extension say of one of its services. Undefined: not set. */
export interface ReplacedService {
  readonly ttlMs: number | undefined;
  /** 0: no time-out. */
  readonly timeoutMs: number | undefined;
}

/** The variables of AWS's Parameters and Secrets extension, as it reads them. */
export interface ReplacedExtension {
  readonly parameters: ReplacedService;
  readonly secrets: ReplacedService;
  /** False if each request reads its value from AWS. */
  readonly isCaching: boolean;
  /** Calls of each service at the same time. */
  readonly maxReads: number | undefined;
  readonly logLevel: LogLevel | undefined;
  /** What is wrong with the values, and which values are used instead. AWS's extension logs such warnings, too. */
  readonly warnings: readonly string[];
}

const MAX_TTL_SECONDS = 300;
const MAX_CACHE_SIZE = 1000;
/** As in `CACHE_EXTENSION_MAX_UPSTREAM_READS`. */
const MAX_CONNECTIONS = 1000;
const PREFIX = 'PARAMETERS_SECRETS_EXTENSION_';

/**
 * Reads the variables of AWS's Parameters and Secrets extension. A value out of range is replaced by the nearest one in range.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
 */
export const replacedExtension = (variables: Variables): ReplacedExtension => {
  const { number, word, warnings } = lenientReader(variables);
  const service = (prefix: string): ReplacedService => {
    const ttl = number(`${prefix}_TTL`, 0, MAX_TTL_SECONDS);
    return {
      ttlMs: ttl === undefined ? undefined : ttl * 1000,
      timeoutMs: hasOwnTimeout(variables)
        ? undefined
        : number(`${prefix}_TIMEOUT_MILLIS`, 0, Number.MAX_SAFE_INTEGER),
    };
  };
  const isEnabled = word(`${PREFIX}CACHE_ENABLED`, SWITCH) ?? true;
  const size = number(`${PREFIX}CACHE_SIZE`, 0, MAX_CACHE_SIZE);
  return {
    parameters: service('SSM_PARAMETER_STORE'),
    secrets: service('SECRETS_MANAGER'),
    isCaching: isEnabled && size !== 0,
    maxReads: number(`${PREFIX}MAX_CONNECTIONS`, 1, MAX_CONNECTIONS),
    logLevel: word(`${PREFIX}LOG_LEVEL`, LEVELS),
    warnings,
  };
};

/** Our variable of the same meaning takes precedence. */
const hasOwnTimeout = (variables: Variables): boolean => variables.text(VARIABLES.timeout) !== undefined;

/** Reads variables of AWS's extensions, which never stop for a wrong value. A variable that is not set is undefined. */
const lenientReader = (variables: Variables) => {
  const warnings: string[] = [];
  const number = (name: string, min: number, max: number): number | undefined => {
    const text = variables.text(name);
    if (text === undefined) return undefined;
    const allowed = `a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`;
    const given = /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
    const used = given === undefined ? undefined : Math.min(max, Math.max(min, given));
    if (used !== given || given === undefined)
      warnings.push(`${name} is not ${allowed}: ${used === undefined ? 'its default' : used} is used`);
    return used;
  };
  const word = <Word>(name: string, words: ReadonlyMap<string, Word>): Word | undefined => {
    const text = variables.text(name);
    if (text === undefined) return undefined;
    const found = words.get(text.trim().toLowerCase());
    if (found === undefined)
      warnings.push(`${name} is not one of ${[...words.keys()].join(', ')}: its default is used`);
    return found;
  };
  return { number, word, warnings };
};

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['none', 'none'],
]);

/** The variables of AWS's AppConfig Agent extension, as it reads them. */
export interface ReplacedAgent {
  readonly pollIntervalMs: number;
  /** Undefined: `CACHE_EXTENSION_TIMEOUT` applies. */
  readonly pollTimeoutMs: number | undefined;
  /** Configurations to load before the first invocation. */
  readonly prefetched: readonly ConfigurationName[];
  /** Undefined: the region of the function. */
  readonly region: string | undefined;
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
export interface AgentUrlRules {
  readonly endpoint: TextRule;
  readonly proxy: TextRule;
}

/** Variables by which the agent reads as another role. Without them, configurations of another account would be served. */
const OTHER_ROLES = ['ROLE_ARN', 'MANIFEST'];

/** A variable that has no meaning here. */
const NOT_SUPPORTED = 'PROXY_HEADERS';

/**
 * Reads the variables of AWS's AppConfig Agent extension. A value out of range is replaced by the nearest one in range; a
 * variable that would select another identity is reported to `variables`.
 *
 * @see https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-lambda-extensions-config.html
 */
export const replacedAgent = (variables: Variables, urls: AgentUrlRules): ReplacedAgent => {
  const { number, word, warnings } = lenientReader(variables);
  const text = (name: string) => variables.text(AGENT_PREFIX + name);
  const setting = <Value>({ value, warning }: AgentSetting<Value>): Value => {
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
  for (const name of OTHER_ROLES) {
    if (text(name) === undefined) continue;
    variables.report(
      `${AGENT_PREFIX}${name} is set (its value is not shown), and reading as another role is not supported; unset it, or keep AWS's AppConfig Agent and take appconfig out of ${VARIABLES.compatibility}`,
    );
  }
  if (text(NOT_SUPPORTED) !== undefined)
    warnings.push(`${AGENT_PREFIX}${NOT_SUPPORTED} is not supported, and ignored`);
  return {
    pollIntervalMs: setting(parsePollInterval(text('POLL_INTERVAL_SECONDS') ?? '')),
    pollTimeoutMs: hasOwnTimeout(variables)
      ? undefined
      : setting(parsePollTimeout(text('POLL_TIMEOUT_MILLIS') ?? '')),
    prefetched: setting(parsePrefetchList(text('PREFETCH_LIST') ?? '')),
    region: checked('SERVICE_REGION', REGION),
    maxReads: number(`${AGENT_PREFIX}MAX_CONNECTIONS`, 1, MAX_CONNECTIONS),
    logLevel: word(`${AGENT_PREFIX}LOG_LEVEL`, AGENT_LEVELS),
    endpoint: checked('SERVICE_ENDPOINT', urls.endpoint),
    proxy: proxyUrl === undefined ? undefined : { url: proxyUrl, noProxy: '' },
    warnings,
  };
};

/** A region becomes part of a host name. */
const REGION: TextRule = {
  isAllowed: (text) => text.length <= 63 && /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(text),
  allowed: 'an AWS region such as eu-west-1',
};

const AGENT_LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'debug'],
  ...LEVELS,
  ['fatal', 'error'],
]);
