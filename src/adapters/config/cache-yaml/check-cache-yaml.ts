import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { readEnvironment } from '../environment/environment.ts';
import type { EnvironmentVariables } from '../environment/variables.ts';
import { readYaml } from '../yaml/yaml-document.ts';
import { type CacheYaml, readCacheYaml } from './cache-yaml.ts';

export interface CacheYamlSource {
  /** What problems call the file; `cache.yaml` by default. */
  readonly path?: string | undefined;
  /** The variables that the function will have; if absent, they may be any. */
  readonly environment?: EnvironmentVariables | undefined;
}

/** What a `cache.yaml` comes to in the environment of its function. */
export interface CheckedCacheYaml extends CacheYaml {
  /** Whether the store is filled ahead of requests. */
  readonly preloads: boolean;
}

/** With any environment, what a table leaves out may be on. */
const ANY_LIFETIMES: Lifetimes = {
  ttlMs: 3_600_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 3_600_000,
};

/** The environment is that of a function. */
const IN_LAMBDA: EnvironmentVariables = { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };

/** Reads the text of a `cache.yaml` ahead of its use. Never throws; if there are problems, `tables` is incomplete. */
export const checkCacheYaml = (
  text: string,
  { path = 'cache.yaml', environment }: CacheYamlSource = {},
): CheckedCacheYaml => {
  if (environment === undefined) {
    const yaml = readCacheYaml(path, readYaml(text), { lifetimes: ANY_LIFETIMES, region: undefined });
    return { ...yaml, preloads: true };
  }
  const { settings, lifetimes, problems } = readEnvironment({ ...IN_LAMBDA, ...environment });
  const yaml = readCacheYaml(path, readYaml(text), { lifetimes, region: settings.region });
  return { tables: yaml.tables, preloads: settings.preload, problems: [...problems, ...yaml.problems] };
};
