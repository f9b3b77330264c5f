import { type ListedSettings, VALUE_TTL_MS } from '../adapters/config/cache-yaml/cache-yaml-values.ts';
import {
  type ConfiguredConfiguration,
  listedConfigurations,
} from '../adapters/config/cache-yaml/appconfig-section.ts';
import {
  type CacheYamlSource,
  type CheckedCacheYaml,
  checkCacheYaml,
} from '../adapters/config/cache-yaml/check-cache-yaml.ts';
import type { ListedEntries } from '../adapters/config/cache-yaml/list-section.ts';
import { listedParameters } from '../adapters/config/cache-yaml/parameters-section.ts';
import { listedSecrets } from '../adapters/config/cache-yaml/secrets-section.ts';
import { tableStatements } from '../application/dynamodb/access-policy.ts';
import { type ListedValues, valueStatements } from '../application/named-values/value-statements.ts';
import { needsJournal } from '../domain/cache/coherence.ts';
import type { TableSpec } from '../domain/dynamodb/model/table-spec.ts';
import { type PolicyDocument, type PolicyScope, policyOf } from '../domain/iam/policy-document.ts';
import type { ListedParameters } from '../domain/parameters/parameter-directory.ts';
import type { ListedSecrets } from '../domain/secrets/secret-directory.ts';
import { SECTIONS } from './modules/sections.ts';

/** A checked `cache.yaml` with the contents of all its sections. */
export interface CheckedSections extends CheckedCacheYaml {
  readonly parameters: readonly ListedParameters[];
  readonly secrets: readonly ListedSecrets[];
  /** The sections besides `dynamodb` that set a `coherence` for which a journal is needed. */
  readonly coherentSections: readonly string[];
  /** Configurations of AppConfig. A policy contains no statements for them, because their ARNs need ids. */
  readonly configurations: readonly ConfiguredConfiguration[];
}

/**
 * Checks the text of a `cache.yaml` before its deployment, with the sections of all sources. Never throws. If it has
 * problems, the contents are incomplete.
 */
export const checkConfigText = (text: string, source: CacheYamlSource = {}): CheckedSections => {
  const checked = checkCacheYaml(text, { sections: SECTIONS, ...source });
  if (checked.problems.length > 0) {
    return { ...checked, parameters: [], secrets: [], coherentSections: [], configurations: [] };
  }
  const defaults = { ...checked.lifetimes, ttlMs: VALUE_TTL_MS };
  const parameters = listedParameters(checked, defaults);
  const secrets = listedSecrets(checked, defaults);
  return {
    ...checked,
    parameters: parameters?.listed ?? [],
    secrets: secrets?.listed ?? [],
    coherentSections: Object.entries({ parameters, secrets }).flatMap(([name, section]) =>
      isCoherent(section) ? [name] : [],
    ),
    configurations: listedConfigurations(checked, checked.lifetimes)?.listed ?? [],
  };
};

const isCoherent = (section: ListedEntries<ListedSettings> | undefined): boolean =>
  section !== undefined && [section, ...section.listed].some(({ coherence }) => needsJournal(coherence));

/** What a policy is for. */
export interface PolicySubject extends ListedValues {
  readonly tables: readonly TableSpec[];
  /** Sections besides `dynamodb` that need the journal; none by default. */
  readonly coherentSections?: readonly string[];
  /** Whether the preload is enabled; `preloads` of the scope takes precedence. */
  readonly preloads?: boolean;
  /** The journal; `journal` of the scope takes precedence. */
  readonly journal?: { readonly table: string };
}

/** The minimal policy with which the extension can read the tables, parameters and secrets that a `cache.yaml` lists. */
export const policyForConfig = (
  { preloads, journal, tables, coherentSections = [], ...values }: PolicySubject,
  scope: PolicyScope = {},
): PolicyDocument => {
  const othersNeedJournal = coherentSections.length > 0;
  const isNeeded = othersNeedJournal || tables.some(({ coherence }) => needsJournal(coherence));
  const known = {
    ...(preloads === undefined ? {} : { preloads }),
    ...(journal !== undefined && isNeeded ? { journal: journal.table } : {}),
    ...scope,
  };
  return policyOf([...tableStatements(tables, known, othersNeedJournal), ...valueStatements(values, known)]);
};
