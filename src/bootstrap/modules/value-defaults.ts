import { VALUE_TTL_MS } from '../../adapters/config/cache-yaml/cache-yaml-values.ts';
import type { ValueServiceVariables } from '../../adapters/config/environment/parameters-secrets-extension.ts';
import type { Settings } from '../../adapters/config/settings.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import type { Lifetimes } from '../../domain/cache/ttl-policy.ts';
import { AWS_JSON, PARAMETERS_AND_SECRETS, VALUE } from '../../domain/named-values/content-types.ts';

/** How values are cached of which `cache.yaml` says nothing else. */
export interface ValueDefaults {
  readonly lifetimes: Lifetimes;
  readonly limits: NonNullable<GroupParts['limits']>;
  readonly contentTypes: readonly string[];
}

/** Each request reads from AWS, and gets the failure if that read fails. */
export const NOT_CACHED: Lifetimes = {
  ttlMs: 0,
  negativeTtlMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
};

const MAX_READS = 10;

/** An account may make 40 calls of Parameter Store in a second, all its environments together. */
const PRELOAD_PARALLELISM = 2;

/** AWS's extension has no time-out by default; a function must not wait longer than that. */
const LONGEST_TIMEOUT_MS = 60_000;

/**
 * The defaults for a source of values.
 *
 * @param service what the variables of AWS's extension say of it
 * @param isForSdks whether SDKs use this server as the endpoint of the service
 */
export const valueDefaults = (
  { lifetimes, parametersSecretsExtension: extension, timeoutMs }: Settings,
  service: ValueServiceVariables | undefined,
  isForSdks: boolean,
): ValueDefaults => {
  const isCaching = extension?.isCaching ?? true;
  const ttlMs = isCaching ? (service?.ttlMs ?? VALUE_TTL_MS) : 0;
  const limitMs = service?.timeoutMs === 0 ? LONGEST_TIMEOUT_MS : (service?.timeoutMs ?? timeoutMs);
  return {
    lifetimes: ttlMs > 0 ? { ...lifetimes, ttlMs } : NOT_CACHED,
    limits: {
      maxReads: extension?.maxReads ?? MAX_READS,
      timeoutMs: Math.min(limitMs, LONGEST_TIMEOUT_MS),
      preloadParallelism: PRELOAD_PARALLELISM,
    },
    contentTypes: [
      VALUE,
      ...(extension === undefined ? [] : [PARAMETERS_AND_SECRETS]),
      ...(isForSdks ? [AWS_JSON] : []),
    ],
  };
};
