import { listedSecrets } from '../../adapters/config/cache-yaml/secrets-section.ts';
import { JSON_KEY } from '../../adapters/http/items/json-key.ts';
import {
  SECRETS_MANAGER,
  SecretsManagerSource,
} from '../../adapters/secrets-manager/secrets-manager-source.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { AWS_JSON, VALUE } from '../../domain/named-values/content-types.ts';
import { pendingGroup, SecretDirectory } from '../../domain/secrets/secret-directory.ts';
import { secretOperations } from '../../domain/secrets/secret-operations.ts';
import { SecretAddressParser } from '../../domain/secrets/secret-queries.ts';
import type { Program } from '../components.ts';
import { parameterGroupsOf } from './parameters.module.ts';
import { oncePerProgram, type SourceModule } from './source-module.ts';
import { valueRoute } from './value-endpoint.ts';
import { NOT_CACHED, valueDefaults, valueSourceParts } from './value-sources.ts';

/** No table has this name, and each table is a group of its name. */
const ON_DEMAND = 'secrets:*';
const LISTED = 'secrets:';

/** The secrets that the program serves; undefined if it serves none. */
const secretsOf = oncePerProgram((program) => {
  const settings = program.get('settings');
  const isForSdks = settings.sdkServices?.includes(SECRETS_MANAGER.protocol.service) === true;
  const defaults = valueDefaults(settings, settings.replaced?.secrets, isForSdks);
  const section = listedSecrets(settings, defaults.lifetimes);
  if (section === undefined && settings.replaced === undefined && !isForSdks) return undefined;
  const { listed = [], onDemand = true } = section ?? {};
  const named = listed.map((each, index) => ({ ...each, group: `${LISTED}${index + 1}` }));
  const regions = new Map(
    named.flatMap(({ group, region }) =>
      region === undefined ? [] : [group, pendingGroup(group)].map((name) => [name, region] as const),
    ),
  );
  return {
    named,
    regions,
    groupNames: [...named.map(({ group }) => group), ...(onDemand ? [ON_DEMAND] : [])],
    defaults,
    onDemand,
    directory: new SecretDirectory(named, onDemand ? ON_DEMAND : undefined),
  };
});

/** The directory of the secrets that the program serves; undefined if it serves none. */
export const secretDirectoryOf = (program: Program): SecretDirectory | undefined =>
  secretsOf(program)?.directory;

const groups: SourceModule['groups'] = (program) => {
  const secrets = secretsOf(program);
  if (secrets === undefined) return [];
  const { named, regions, defaults, onDemand, directory } = secrets;
  const source = new SecretsManagerSource({ ...valueSourceParts(program), regions });
  const { contentTypes, limits } = defaults;
  const listed = named.map(({ group, ids, stage, preload, lifetimes }): GroupParts => {
    const keys = preload
      ? ids.map((id) => directory.keyOf({ id, ...(stage === undefined ? {} : { stage }) }))
      : [];
    return {
      name: group,
      policy: new TtlPolicy(lifetimes),
      contentTypes,
      preload: { keys, everything: false },
      source,
      limits,
    };
  });
  const others = { name: ON_DEMAND, policy: new TtlPolicy(defaults.lifetimes), contentTypes, source, limits };
  const cached = onDemand ? [...listed, others] : listed;
  const pending = cached.map(({ name }) => ({
    name: pendingGroup(name),
    policy: new TtlPolicy(NOT_CACHED),
    contentTypes,
    source,
    limits,
  }));
  return [...cached, ...pending];
};

const routes: SourceModule['routes'] = (program) => {
  const directory = secretDirectoryOf(program);
  if (directory === undefined) return [];
  return [
    {
      path: '/secrets',
      addresses: new SecretAddressParser(directory),
      formats: new Map([['aws', AWS_JSON]]),
      defaultContentType: VALUE,
      part: JSON_KEY,
      keepsParsed: true,
      tokens: program.get('settings').secretTokens,
    },
  ];
};

const wire: SourceModule['wire'] = (program) => {
  const secrets = secretsOf(program);
  if (secrets === undefined) return undefined;
  const { directory, regions, groupNames } = secrets;
  const { region } = program.get('settings');
  return valueRoute(program, {
    service: SECRETS_MANAGER,
    messageMember: 'Message',
    // Parameters may refer to secrets.
    writtenGroups: [...groupNames, ...parameterGroupsOf(program)],
    operations: secretOperations(directory, (group) => regions.get(group) ?? region),
  });
};

/** Secrets of Secrets Manager. */
export const secretsSource: SourceModule = { modules: [], groups, routes, wire };
