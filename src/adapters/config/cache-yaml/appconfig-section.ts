import * as v from 'valibot';
import type { ConfigurationName } from '../../../domain/appconfig/configuration-name.ts';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { duration, type ListedSettings, listedSettings, valueSettings } from './cache-yaml-values.ts';
import {
  type ListedEntries,
  listedIn,
  listSection,
  pathItem,
  type SectionValues,
  YamlSection,
} from './yaml-section.ts';

const {
  region,
  roleArn,
  externalId,
  sessionName,
  preload,
  ttl: _,
  ...windows
} = valueSettings('configuration', 'AppConfig', '');

/** Settings of one entry, and defaults of all entries. */
const shared = {
  region,
  roleArn,
  externalId,
  sessionName,
  preload,
  pollInterval: v.optional(
    duration(
      'How long a configuration is fresh, and so the time between two polls.',
      '45s, or the value of AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS',
      '45s',
    ),
  ),
  ...windows,
  staleIfError: v.optional(
    duration(
      'How long an expired configuration may be served while AppConfig is temporarily failing.',
      '24h',
      '24h',
    ),
  ),
};

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
      'configuration',
      'The configurations of AppConfig to cache.',
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const index of repetitionsIn(listedIn(dataset.value, (each: Entry) => each)?.listed ?? [])) {
        const below = [pathItem(index), pathItem('profile')] as const;
        addIssue({
          message: ONCE,
          path: Array.isArray(dataset.value) ? [...below] : [pathItem('items'), ...below],
        });
      }
    }),
  ),
);

/** A configuration with settings of its own. `ttlMs` is the time between two polls. */
export type ConfiguredConfiguration = ConfigurationName & ListedSettings;

/** What `cache.yaml` lists of configurations; undefined if it has no such section. */
export const listedConfigurations = (
  values: SectionValues,
  defaults: Lifetimes,
): ListedEntries<ConfiguredConfiguration> | undefined =>
  listedIn(
    appConfigSection.valueIn(values),
    ({ application, environment, profile, pollInterval, ...settings }: Entry) => ({
      application,
      environment,
      profile,
      ...listedSettings({ ...settings, ttl: pollInterval }, defaults),
    }),
  );
