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
import type { ListedEntries } from '../adapters/config/cache-yaml/yaml-section.ts';
import { listedParameters, listedSecrets } from '../adapters/config/cache-yaml/value-sections.ts';
import {
  configurationStatements,
  type PolicyConfiguration,
} from '../domain/appconfig/configuration-statements.ts';
import { readStatements, tableStatements } from '../application/dynamodb/access-policy.ts';
import { type ListedValues, valueStatements } from '../application/named-values/value-statements.ts';
import { needsJournal } from '../domain/cache/coherence.ts';
import { requestedName } from '../domain/dynamodb/model/table-identity.ts';
import type { TableSpec } from '../domain/dynamodb/model/table-spec.ts';
import { accountOfRole, type AssumedRole } from '../domain/iam/assumed-role.ts';
import {
  assumeRoleStatements,
  FUNCTION_ROLE,
  type PolicyDocument,
  policyOf,
  type PolicyScope,
  type ResourcePolicy,
  resourcePolicyOf,
  trustPolicyOf,
} from '../domain/iam/policy-document.ts';
import type { ListedParameters } from '../domain/parameters/parameter-directory.ts';
import type { ListedSecrets } from '../domain/secrets/secret-directory.ts';
import { SECTIONS } from './modules/sections.ts';

/** A checked `cache.yaml` with the contents of all its sections. */
export interface CheckedSections extends CheckedCacheYaml {
  readonly parameters: readonly ListedParameters[];
  readonly secrets: readonly ListedSecrets[];
  /** The sections besides `dynamodb` that set a `coherence` for which a journal is needed. */
  readonly coherentSections: readonly string[];
  /** Configurations of AppConfig. */
  readonly configurations: readonly ConfiguredConfiguration[];
}

/**
 * Checks the text of a `cache.yaml` before its deployment, with the sections of all sources. Never throws. If it has
 * problems, the contents are incomplete.
 *
 * @param text undefined if there is no file, so that only the environment is checked
 */
export const checkConfigText = (text: string | undefined, source: CacheYamlSource = {}): CheckedSections => {
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
  readonly configurations?: readonly PolicyConfiguration[] | undefined;
  /** Sections besides `dynamodb` that need the journal; none by default. */
  readonly coherentSections?: readonly string[];
  /** Whether the preload is enabled; `preloads` of the scope takes precedence. */
  readonly preloads?: boolean;
  /** The journal; `journal` of the scope takes precedence. */
  readonly journal?: { readonly table: string };
}

/**
 * The minimal policy with which the function can read the tables, parameters, secrets and configurations that a
 * `cache.yaml` lists, or assume the roles that read them. For configurations without ids, it allows all configurations.
 */
export const policyForConfig = (subject: PolicySubject, scope: PolicyScope = {}): PolicyDocument => {
  const { preloads, journal, tables, coherentSections = [] } = subject;
  const othersNeedJournal = coherentSections.length > 0;
  const isNeeded = othersNeedJournal || tables.some(({ coherence }) => needsJournal(coherence));
  const known = {
    ...(preloads === undefined ? {} : { preloads }),
    ...(journal !== undefined && isNeeded ? { journal: journal.table } : {}),
    ...scope,
  };
  return policyOf([
    ...tableStatements(tables, known, othersNeedJournal),
    ...valueStatements(valuesWith(subject, undefined), known),
    ...configurationStatements(configurationsWith(subject, undefined), known),
    ...assumeRoleStatements(rolesIn(subject)),
  ]);
};

/** The policies of a role that `cache.yaml` names. */
export interface RolePolicies {
  readonly roleArn: string;
  /** What the role must allow. */
  readonly permissions: PolicyDocument;
  readonly trust: ResourcePolicy;
}

/** The policies to create in another account. */
export interface TargetPolicies {
  readonly roles: readonly RolePolicies[];
  /** The tables that are read by the function's own role, or by a role of another account. */
  readonly tables: readonly { readonly tableArn: string; readonly resourcePolicy: ResourcePolicy }[];
}

/** The location of the resources, and the ARN of the function's role; by default a placeholder for it. */
export interface TargetScope extends Omit<PolicyScope, 'account' | 'journal'> {
  readonly functionRole?: string | undefined;
}

/** The policies with which the extension of a function in one account can read what a `cache.yaml` names of another one. */
export const targetPoliciesForConfig = (
  subject: PolicySubject,
  account: string,
  { functionRole = FUNCTION_ROLE, ...scope }: TargetScope = {},
): TargetPolicies => {
  const known = { ...(subject.preloads === undefined ? {} : { preloads: subject.preloads }), ...scope };
  const roles = rolesIn(subject).filter((role) => accountOfRole(role) === account);
  const foreign = subject.tables.filter(
    (table) => table.arn !== undefined && table.account === account && !isReadFrom(account, table),
  );
  return {
    roles: [...new Set(roles.map(({ roleArn }) => roleArn))].map((roleArn) => ({
      roleArn,
      permissions: permissionsOfRole(subject, roleArn, known),
      trust: trustPolicyOf(
        roles.filter((role) => role.roleArn === roleArn),
        functionRole,
      ),
    })),
    tables: [...new Set(foreign.map(requestedName))].map((tableArn) => {
      const specs = foreign.filter(({ arn }) => arn === tableArn);
      const principals = specs.map(({ role }) => role?.roleArn ?? functionRole);
      return { tableArn, resourcePolicy: resourcePolicyOf(readStatements(specs, known), principals) };
    }),
  };
};

/** The permissions that a role needs for the entries with its ARN. */
export const permissionsOfRole = (
  subject: PolicySubject,
  roleArn: string,
  scope: Omit<PolicyScope, 'account' | 'journal'> = {},
): PolicyDocument => {
  const inRole = { ...scope, account: accountOfRole({ roleArn }), partition: roleArn.split(':')[1] };
  return policyOf([
    ...readStatements(
      subject.tables.filter(({ role }) => role?.roleArn === roleArn),
      inRole,
    ),
    ...valueStatements(valuesWith(subject, roleArn), inRole),
    ...configurationStatements(configurationsWith(subject, roleArn), inRole),
  ]);
};

const isReadFrom = (account: string, { role }: TableSpec): boolean =>
  role !== undefined && accountOfRole(role) === account;

/** The values that are read with this role; without one if it is undefined. */
const valuesWith = (
  { parameters = [], secrets = [] }: ListedValues,
  roleArn: string | undefined,
): ListedValues => ({
  parameters: parameters.filter(({ role }) => role?.roleArn === roleArn),
  secrets: secrets.filter(({ role }) => role?.roleArn === roleArn),
});

/** The configurations that are read with this role; without one if it is undefined. */
const configurationsWith = (
  { configurations = [] }: PolicySubject,
  roleArn: string | undefined,
): readonly PolicyConfiguration[] => configurations.filter(({ role }) => role?.roleArn === roleArn);

const rolesIn = ({
  tables,
  parameters = [],
  secrets = [],
  configurations = [],
}: PolicySubject): readonly AssumedRole[] =>
  [...tables, ...parameters, ...secrets, ...configurations].flatMap(({ role }) => role ?? []);
