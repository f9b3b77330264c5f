import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import type { LogLevel } from '../../../ports/outbound/logger.ts';
import type { Settings } from '../settings.ts';
import { credentialsEndpoint } from './credentials-endpoint.ts';
import { limits } from './limits.ts';
import { proxySettings } from './proxy-settings.ts';
import { serverSettings } from './server-settings.ts';
import { unknownVariables } from './unknown-variables.ts';
import { areSdksPointedHere, upstreamEndpoint } from './upstream-endpoint.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import { type Environment, Variables } from './variables.ts';

/** What the environment says, with the defaults filled in where it says nothing or something wrong. */
export interface EnvironmentSettings {
  readonly settings: Omit<Settings, 'tables'>;
  /** The lifetimes of tables that have none of their own. */
  readonly lifetimes: Lifetimes;
  /** Path of the file that names the tables; undefined where it is in its usual place. */
  readonly configPath: string | undefined;
  /** Each names the variable, what was given, and what is allowed. */
  readonly problems: readonly string[];
}

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'none'];
const METRICS: readonly Settings['metrics'][] = ['none', 'emf'];

/** Reads all that the program takes from the environment. */
export const readEnvironment = (environment: Environment): EnvironmentSettings => {
  const variables = new Variables(environment);
  const server = serverSettings(variables);
  const settings = {
    ...server,
    ...limits(variables),
    preload: variables.boolean(VARIABLES.initStartup, false),
    preloadTimeoutMs: variables.timeoutMs(VARIABLES.preloadTimeout, 8000),
    timeoutMs: variables.timeoutMs(VARIABLES.timeout, 2000),
    writeWindowMs: variables.timeoutMs(VARIABLES.writeWindow, 10_000),
    keepsTypedForm: areSdksPointedHere(server.port, variables),
    metrics: variables.choice(VARIABLES.metrics, METRICS, 'none'),
    isSnapshotted: variables.text(PLATFORM_VARIABLES.initializationType) === 'snap-start',
    logLevel: variables.choice(VARIABLES.logLevel, LOG_LEVELS, 'warn'),
    ...optionalSettings(server.port, variables),
  };
  return {
    settings,
    lifetimes: lifetimes(variables),
    configPath: variables.text(VARIABLES.config),
    problems: [...variables.problems, ...unknownVariables(environment)],
  };
};

const lifetimes = (variables: Variables): Lifetimes => ({
  ttlMs: variables.durationMs(VARIABLES.ttl, 3_600_000),
  negativeTtlMs: variables.durationMs(VARIABLES.negativeTtl, 10_000),
  staleWhileRevalidateMs: variables.durationMs(VARIABLES.staleWhileRevalidate, 0),
  staleIfErrorMs: variables.durationMs(VARIABLES.staleIfError, 3_600_000),
});

const optionalSettings = (ownPort: number, variables: Variables) => {
  const dynamoDbEndpoint = upstreamEndpoint(ownPort, variables);
  const proxy = proxySettings(ownPort, variables);
  const region =
    variables.text(PLATFORM_VARIABLES.region) ?? variables.text(PLATFORM_VARIABLES.defaultRegion);
  const token = variables.token(VARIABLES.token);
  const credentials = credentialsEndpoint(variables);
  const functionName = variables.text(PLATFORM_VARIABLES.functionName);
  return {
    ...(dynamoDbEndpoint === undefined ? {} : { dynamoDbEndpoint }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(region === undefined ? {} : { region }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined ? {} : { credentialsEndpoint: credentials }),
    ...(functionName === undefined ? {} : { functionName }),
  };
};
