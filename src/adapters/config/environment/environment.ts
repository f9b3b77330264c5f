import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { REGION_NAME } from '../../../domain/regions/region-name.ts';
import type { Settings } from '../settings.ts';
import { type AppConfigAgentVariables, appConfigAgentVariables } from './appconfig-agent.ts';
import { LOG_LEVELS } from './lenient-reader.ts';
import { parametersSecretsVariables } from './parameters-secrets-extension.ts';
import { serverSettings } from './server-settings.ts';
import { sharedStateSettings } from './shared-state-settings.ts';
import { unknownVariables } from './unknown-variables.ts';
import {
  appConfigAgentUrlRules,
  areSdksPointedHere,
  credentialsEndpoint,
  DYNAMODB_ENDPOINT,
  endpointsOf,
  proxySettings,
  servicesPointedHere,
  upstreamEndpoint,
} from './upstream-endpoint.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import { type EnvironmentVariables, REGION_RULE, Variables } from './variables.ts';

/** The settings from the environment. Unset and invalid variables have their defaults. */
export interface EnvironmentSettings {
  readonly settings: Omit<Settings, 'tables'>;
  /** Path of `cache.yaml`; undefined for the default path. */
  readonly configPath: string | undefined;
  /** Each with the variable, the given value, and the allowed values. */
  readonly problems: readonly string[];
}

const METRICS: readonly Settings['metrics'][] = ['none', 'emf'];

/** Reads all settings from environment variables. Never throws. */
export const readEnvironment = (environment: EnvironmentVariables): EnvironmentSettings => {
  const variables = new Variables(environment);
  const server = serverSettings(variables);
  const extension = server.compatible.has('parameters-and-secrets')
    ? parametersSecretsVariables(variables)
    : undefined;
  const agent = server.compatible.has('appconfig')
    ? appConfigAgentVariables(variables, appConfigAgentUrlRules(server.port))
    : undefined;
  const shared = sharedStateSettings(variables);
  const settings = {
    ...server,
    ...limits(variables),
    ...preloads(agent, variables),
    ...preloadTimes(variables),
    timeoutMs: variables.timeoutMs(VARIABLES.timeout, 2000),
    writeWindowMs: variables.timeoutMs(VARIABLES.writeWindow, 10_000),
    keepsTypedForm: areSdksPointedHere(server.port, variables),
    hasTypedErrors: variables.boolean(VARIABLES.typedErrors, false),
    metrics: variables.choice(VARIABLES.metrics, METRICS, 'none'),
    isSnapshotted: variables.text(PLATFORM_VARIABLES.initializationType) === 'snap-start',
    logLevel: variables.choice(
      VARIABLES.logLevel,
      LOG_LEVELS,
      extension?.logLevel ?? agent?.logLevel ?? 'warn',
    ),
    ...(extension === undefined ? {} : { parametersSecretsExtension: extension }),
    ...(agent === undefined ? {} : { appConfigAgent: agent }),
    ...optionalSettings(server.port, variables, agent),
    ...shared,
    lifetimes: lifetimes(variables),
  };
  return {
    settings,
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

/** A list of AWS's agent is loaded without being asked for, but nothing else with it. */
const preloads = (
  agent: AppConfigAgentVariables | undefined,
  variables: Variables,
): Pick<Settings, 'preload' | 'prefetchesOnly'> => {
  const preload = variables.boolean(VARIABLES.initStartup, false);
  const hasList = agent !== undefined && agent.prefetched.length > 0;
  if (!hasList || variables.text(VARIABLES.initStartup) !== undefined) return { preload };
  return { preload: true, prefetchesOnly: true };
};

/** Lambda allows 10 s for an initialization on demand. The rest is for the start of the extension and the function. */
const MAX_PRELOAD_HOLD_MS = 8_000;

const preloadTimes = (variables: Variables): Pick<Settings, 'preloadTimeoutMs' | 'maxPreloadHoldMs'> => {
  const preloadTimeoutMs = variables.timeoutMs(VARIABLES.preloadTimeout, MAX_PRELOAD_HOLD_MS);
  const isOnDemand = (variables.text(PLATFORM_VARIABLES.initializationType) ?? 'on-demand') === 'on-demand';
  if (!isOnDemand || preloadTimeoutMs <= MAX_PRELOAD_HOLD_MS) return { preloadTimeoutMs };
  return { preloadTimeoutMs, maxPreloadHoldMs: MAX_PRELOAD_HOLD_MS };
};

const optionalSettings = (
  ownPort: number,
  variables: Variables,
  agent: AppConfigAgentVariables | undefined,
) => {
  const dynamoDbEndpoint = upstreamEndpoint(DYNAMODB_ENDPOINT, ownPort, variables);
  const proxy = proxySettings(ownPort, variables);
  const region = ownRegion(variables);
  const token = variables.token(VARIABLES.token);
  const credentials = credentialsEndpoint(variables);
  const sdkServices = servicesPointedHere(ownPort, variables);
  const functionName = variables.text(PLATFORM_VARIABLES.functionName);
  const ofTheFunction = [PLATFORM_VARIABLES.sessionToken, PLATFORM_VARIABLES.credentialsToken];
  const agentEndpoint =
    agent?.endpoint === undefined || variables.text(VARIABLES.appConfigDataEndpoint) !== undefined
      ? {}
      : { appconfigdata: agent.endpoint };
  const secretTokens = [token, ...ofTheFunction.map((name) => variables.text(name))];
  return {
    endpoints: { ...endpointsOf(ownPort, variables), ...agentEndpoint },
    secretTokens: secretTokens.filter((each) => each !== undefined),
    ...(dynamoDbEndpoint === undefined ? {} : { dynamoDbEndpoint }),
    ...(sdkServices.length === 0 ? {} : { sdkServices }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(region === undefined ? {} : { region }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined ? {} : { credentialsEndpoint: credentials }),
    ...(functionName === undefined ? {} : { functionName }),
  };
};

/** Emulators such as DynamoDB Local accept any region, so a name without a hyphen is allowed. */
const ownRegion = (variables: Variables): string | undefined => {
  const { region, defaultRegion } = PLATFORM_VARIABLES;
  const name = variables.text(region) === undefined ? defaultRegion : region;
  const text = variables.text(name);
  if (text === undefined || REGION_NAME.test(text)) return text;
  variables.reject(name, REGION_RULE);
  return undefined;
};

/** The bounds of memory and of concurrent reads. */
export type Limits = Pick<
  Settings,
  'maxBytes' | 'maxItems' | 'maxAbsenceBytes' | 'maxSourceReads' | 'maxWaitingReads' | 'maxPendingBodyBytes'
>;

const MIB = 1_048_576;
const DEFAULT_STORE_BYTES = 64 * MIB;
/** The largest memory of a Lambda function. */
const LARGEST_MEMORY = 10_240 * MIB;

/** Reads the limits, except those of the server. */
export const limits = (variables: Variables): Limits => {
  const memoryBytes = functionMemoryBytes(variables.text(PLATFORM_VARIABLES.functionMemory));
  const maxBytes = variables.wholeNumber(
    VARIABLES.maxBytes,
    // A store beyond the function's memory would make the function run out of memory.
    { min: 65_536, max: memoryBytes ?? LARGEST_MEMORY },
    defaultStoreBytes(memoryBytes),
  );
  const maxItems = variables.wholeNumber(VARIABLES.maxItems, { min: 1, max: 10_000_000 }, undefined);
  return {
    maxBytes,
    ...(maxItems === undefined ? {} : { maxItems }),
    maxAbsenceBytes: variables.wholeNumber(
      VARIABLES.maxAbsenceBytes,
      { min: 0, max: maxBytes },
      Math.floor(maxBytes / 16),
    ),
    maxSourceReads: variables.wholeNumber(VARIABLES.maxUpstreamReads, { min: 1, max: 1000 }, 50),
    maxWaitingReads: variables.wholeNumber(VARIABLES.maxWaitingReads, { min: 0, max: 100_000 }, 1000),
    maxPendingBodyBytes: variables.wholeNumber(
      VARIABLES.maxPendingBodyBytes,
      // The largest DynamoDB request must fit.
      { min: 17 * MIB, max: memoryBytes ?? LARGEST_MEMORY },
      Math.max(32 * MIB, Math.floor(maxBytes / 4)),
    ),
  };
};

const defaultStoreBytes = (memoryBytes: number | undefined): number => {
  if (memoryBytes === undefined) return DEFAULT_STORE_BYTES;
  return Math.min(512 * MIB, Math.max(8 * MIB, Math.floor(memoryBytes / 8)));
};

const functionMemoryBytes = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) * MIB : undefined;
