import type { LogLevel } from '../../../ports/outbound/logger.ts';
import { hasOwnTimeout, LEVELS_OF_AWS, lenientReader, MAX_CONNECTIONS } from './lenient-reader.ts';
import type { Variables } from './variables.ts';

/** What the variables of AWS's Parameters and Secrets extension say of one of its services. Undefined: not set. */
export interface ValueServiceVariables {
  readonly ttlMs: number | undefined;
  /** 0: no time-out. */
  readonly timeoutMs: number | undefined;
}

/** The variables of AWS's Parameters and Secrets extension, as it reads them. */
export interface ParametersSecretsVariables {
  readonly parameters: ValueServiceVariables;
  readonly secrets: ValueServiceVariables;
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
const PREFIX = 'PARAMETERS_SECRETS_EXTENSION_';

/**
 * Reads the variables of AWS's Parameters and Secrets extension. A value out of range is replaced by the nearest one in range.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
 */
export const parametersSecretsVariables = (variables: Variables): ParametersSecretsVariables => {
  const { number, word, warnings } = lenientReader(variables);
  const service = (prefix: string): ValueServiceVariables => {
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
    logLevel: word(`${PREFIX}LOG_LEVEL`, LEVELS_OF_AWS),
    warnings,
  };
};

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
