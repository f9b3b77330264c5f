import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { readEnvironment } from '../environment/environment.ts';
import type { EnvironmentVariables } from '../environment/variables.ts';
import type { JournalSettings } from '../settings.ts';
import { readYaml } from '../yaml/yaml-document.ts';
import { resolveVariables } from '../yaml/yaml-variables.ts';
import { type CacheYaml, readCacheYaml } from './cache-yaml.ts';
import type { YamlSection } from './yaml-section.ts';

export interface CacheYamlSource {
  /** The name of the file in problems; `cache.yaml` by default. */
  readonly path?: string | undefined;
  /** The environment variables of the function. If absent, they may have any values. */
  readonly environment?: EnvironmentVariables | undefined;
  /** Values of the variables that the file refers to, as in `table: ${PRODUCTS_TABLE}`; `environment` by default. */
  readonly variables?: EnvironmentVariables;
  /** The sections that the file may have besides `dynamodb`; none by default. */
  readonly sections?: readonly YamlSection[];
}

/** A checked `cache.yaml`, combined with the environment of its function. */
export interface CheckedCacheYaml extends CacheYaml {
  /** Whether the preload is enabled. */
  readonly preloads: boolean;
  /** The lifetimes of entries that the file gives none. */
  readonly lifetimes: Lifetimes;
  /** The journal; absent if the environment is unknown or names none. */
  readonly journal?: JournalSettings;
}

/** If the environment is unknown, assumes that variables enable all lifetimes that a table omits. */
const ANY_LIFETIMES: Lifetimes = {
  ttlMs: 3_600_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 3_600_000,
};

/** Marks the environment as that of a function in Lambda. */
const IN_LAMBDA: EnvironmentVariables = { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };

/**
 * Checks the text of a `cache.yaml` before its deployment. Never throws. If it has problems, `tables` is incomplete.
 *
 * @param text undefined if there is no file, so that only the environment is checked
 */
export const checkCacheYaml = (
  text: string | undefined,
  { path = 'cache.yaml', environment, variables = environment ?? {}, sections }: CacheYamlSource = {},
): CheckedCacheYaml => {
  const read = (known: Parameters<typeof readCacheYaml>[2]): CacheYaml =>
    text === undefined
      ? { tables: [], problems: [] }
      : readCacheYaml(path, resolveVariables(text, readYaml(text), variables), known, sections);
  if (environment === undefined) {
    const yaml = read({ lifetimes: ANY_LIFETIMES, region: undefined, journal: 'any' });
    return { ...yaml, preloads: true, lifetimes: ANY_LIFETIMES };
  }
  const { settings, problems } = readEnvironment({ ...IN_LAMBDA, ...environment });
  const yaml = read(settings);
  const { preload: preloads, lifetimes, journal } = settings;
  return {
    ...yaml,
    preloads,
    lifetimes,
    ...(journal === undefined ? {} : { journal }),
    problems: [...problems, ...yaml.problems],
  };
};
