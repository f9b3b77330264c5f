import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import type { LogLevel } from '../../../ports/outbound/logger.ts';
import type { Settings } from '../settings.ts';
import { serverSettings } from './server-settings.ts';
import {
  areSdksPointedHere,
  credentialsEndpoint,
  proxySettings,
  upstreamEndpoint,
} from './upstream-endpoint.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import { type EnvironmentVariables, unknownVariables, Variables } from './variables.ts';

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
export const readEnvironment = (environment: EnvironmentVariables): EnvironmentSettings => {
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

/** How much the program may keep, and how much it may ask for at a time. */
export type Limits = Pick<
  Settings,
  'maxBytes' | 'maxItems' | 'maxAbsenceBytes' | 'maxSourceReads' | 'maxWaitingReads' | 'maxPendingBodyBytes'
>;

const MIB = 1_048_576;
const STORE_BYTES_WHERE_UNKNOWN = 64 * MIB;
/** The most that a function can have. */
const LARGEST_MEMORY = 10_240 * MIB;

/** Reads the limits; those of the server are apart. */
export const limits = (variables: Variables): Limits => {
  const memoryBytes = functionMemoryBytes(variables.text(PLATFORM_VARIABLES.functionMemory));
  const maxBytes = variables.wholeNumber(
    VARIABLES.maxBytes,
    // A store as large as the memory of the function would be the end of the function.
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
      // The largest request of DynamoDB has to fit.
      { min: 17 * MIB, max: memoryBytes ?? LARGEST_MEMORY },
      Math.max(32 * MIB, Math.floor(maxBytes / 4)),
    ),
  };
};

const defaultStoreBytes = (memoryBytes: number | undefined): number => {
  if (memoryBytes === undefined) return STORE_BYTES_WHERE_UNKNOWN;
  return Math.min(512 * MIB, Math.max(8 * MIB, Math.floor(memoryBytes / 8)));
};

const functionMemoryBytes = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) * MIB : undefined;
