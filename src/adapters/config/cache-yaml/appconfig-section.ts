import * as v from 'valibot';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { duration, lifetimeSettings, lifetimesOf, regionName, yesOrNo } from './cache-yaml-values.ts';
import { listSection, pathItem, sectionEntries } from './list-section.ts';
import { type SectionValues, YamlSection } from './yaml-section.ts';

const { ttl: _, ...windows } = lifetimeSettings('configuration', 'AppConfig', '');

/** Settings of one entry, and defaults of all entries. */
const { entries: shared } = v.partial(
  v.object({
    region: regionName("Region of the configurations, if not the function's.", 'us-west-2'),
    preload: yesOrNo(
      'Whether the configurations are loaded before the first invocation, if CACHE_EXTENSION_INIT_STARTUP is true.',
      true,
    ),
    pollInterval: duration(
      'How long a configuration is fresh, and so the time between two polls.',
      '45s, or the value of AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS',
      '45s',
    ),
    ...windows,
    staleIfError: duration(
      'How long an expired configuration may be served while AppConfig is temporarily failing.',
      '24h',
      '24h',
    ),
  }),
);

const nameOrId = (noun: string, example: string) => {
  const rule = `a name or id of ${noun}, of 1 to 128 characters`;
  return v.pipe(
    v.string(rule),
    v.regex(/^(?!\.{1,2}$)[^\0]{1,128}$/, rule),
    v.description(`Name or id of ${noun}.`),
    v.examples([example]),
  );
};

const entry = v.strictObject(
  {
    application: nameOrId('an application', 'shop'),
    environment: nameOrId('an environment', 'prod'),
    profile: nameOrId('a configuration profile', 'flags'),
    ...shared,
  },
  'a mapping with application, environment and profile',
);

type Entry = v.InferOutput<typeof entry>;

/** The indexes of entries whose configuration occurs earlier in the list, also with another region: requests name no region. */
const repetitionsIn = (entries: readonly Entry[]): readonly number[] => {
  const seen = new Set<string>();
  return entries.flatMap(({ application, environment, profile }, index) => {
    const name = JSON.stringify([application, environment, profile]);
    if (seen.has(name)) return [index];
    seen.add(name);
    return [];
  });
};

const ONCE = 'each configuration once';

/** The section of the configurations of AppConfig. */
export const appConfigSection = new YamlSection(
  'appConfig',
  v.pipe(
    listSection(
      { entry, defaults: shared, named: [] },
      'a list of configurations',
      'The configurations of AppConfig to cache.',
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const index of repetitionsIn(sectionEntries<Entry>(dataset.value).entries)) {
        const below = [pathItem(index), pathItem('profile')] as const;
        addIssue({
          message: ONCE,
          path: Array.isArray(dataset.value) ? [...below] : [pathItem('items'), ...below],
        });
      }
    }),
  ),
);

/** A configuration with settings of its own. */
export interface ConfiguredConfiguration {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  /** Default: the region of the function. */
  readonly region?: string;
  readonly preload: boolean;
  /** `ttlMs` is the time between two polls. */
  readonly lifetimes: Lifetimes;
}

/** What `cache.yaml` lists of configurations; undefined if it has no such section. */
export const listedConfigurations = (
  values: SectionValues,
  defaults: Lifetimes,
): { readonly listed: readonly ConfiguredConfiguration[]; readonly onDemand: boolean } | undefined => {
  const section = appConfigSection.valueIn(values);
  if (section === undefined) return undefined;
  const { entries, onDemand } = sectionEntries<Entry>(section);
  const listed = entries.map(
    ({ application, environment, profile, region, preload = true, pollInterval, ...lifetimes }) => ({
      application,
      environment,
      profile,
      ...(region === undefined ? {} : { region }),
      preload,
      lifetimes: lifetimesOf({ ...lifetimes, ttl: pollInterval }, defaults),
    }),
  );
  return { listed, onDemand };
};
