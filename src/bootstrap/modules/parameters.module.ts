import { listedParameters } from '../../adapters/config/cache-yaml/parameters-section.ts';
import { JSON_KEY } from '../../adapters/http/items/json-key.ts';
import { PARAMETER_STORE, SsmSource } from '../../adapters/ssm/ssm-source.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { AWS_JSON, VALUE } from '../../domain/named-values/content-types.ts';
import { ParameterDirectory } from '../../domain/parameters/parameter-directory.ts';
import { parameterOperations } from '../../domain/parameters/parameter-operations.ts';
import { ParameterAddressParser } from '../../domain/parameters/parameter-queries.ts';
import type { Program } from '../components.ts';
import { oncePerProgram, type SourceModule } from './source-module.ts';
import { valueRoute } from './value-endpoint.ts';
import { valueDefaults, valueSourceParts } from './value-sources.ts';

/** No table has this name, and each table is a group of its name. */
const ON_DEMAND = 'parameters:*';
const LISTED = 'parameters:';

/** The parameters that the program serves; undefined if it serves none. */
const parametersOf = oncePerProgram((program) => {
  const settings = program.get('settings');
  const isForSdks = settings.sdkServices?.includes(PARAMETER_STORE.protocol.service) === true;
  const defaults = valueDefaults(settings, settings.replaced?.parameters, isForSdks);
  const section = listedParameters(settings, defaults.lifetimes);
  if (section === undefined && settings.replaced === undefined && !isForSdks) return undefined;
  const { listed = [], onDemand = true } = section ?? {};
  const named = listed.map((each, index) => ({ ...each, group: `${LISTED}${index + 1}` }));
  const regions = new Map(
    named.flatMap(({ group, region }) => (region === undefined ? [] : [[group, region]])),
  );
  return {
    named,
    regions,
    groupNames: [...named.map(({ group }) => group), ...(onDemand ? [ON_DEMAND] : [])],
    defaults,
    onDemand,
    directory: new ParameterDirectory(named, onDemand ? ON_DEMAND : undefined),
  };
});

/** The directory of the parameters that the program serves; undefined if it serves none. */
export const parameterDirectoryOf = (program: Program): ParameterDirectory | undefined =>
  parametersOf(program)?.directory;

const groups: SourceModule['groups'] = (program) => {
  const parameters = parametersOf(program);
  if (parameters === undefined) return [];
  const { named, regions, defaults, onDemand, directory } = parameters;
  const paths = new Map(named.flatMap(({ group, path }) => (path === undefined ? [] : [[group, path]])));
  const source = new SsmSource(directory, paths, { ...valueSourceParts(program), regions });
  const { contentTypes, limits } = defaults;
  const listed = named.map(({ group, names, path, preload, lifetimes }): GroupParts => {
    const keys = preload ? names.map((name) => directory.keyOf({ name, withDecryption: true })) : [];
    return {
      name: group,
      policy: new TtlPolicy(lifetimes),
      contentTypes,
      preload: { keys, everything: preload && path !== undefined },
      source,
      limits,
    };
  });
  const others = { name: ON_DEMAND, policy: new TtlPolicy(defaults.lifetimes), contentTypes, source, limits };
  return onDemand ? [...listed, others] : listed;
};

const routes: SourceModule['routes'] = (program) => {
  const directory = parameterDirectoryOf(program);
  if (directory === undefined) return [];
  return [
    {
      path: '/parameters',
      addresses: new ParameterAddressParser(directory),
      formats: new Map([['aws', AWS_JSON]]),
      defaultContentType: VALUE,
      part: JSON_KEY,
      keepsParsed: true,
      tokens: program.get('settings').secretTokens,
    },
  ];
};

/** The names of the groups of parameters; none if the program serves no parameters. */
export const parameterGroupsOf = (program: Program): readonly string[] =>
  parametersOf(program)?.groupNames ?? [];

const wire: SourceModule['wire'] = (program) => {
  const parameters = parametersOf(program);
  if (parameters === undefined) return undefined;
  const { directory, regions, groupNames } = parameters;
  const { region } = program.get('settings');
  return valueRoute(program, {
    service: PARAMETER_STORE,
    messageMember: 'message',
    writtenGroups: groupNames,
    operations: parameterOperations(directory, (group) => regions.get(group) ?? region),
  });
};

/** Parameters of Systems Manager Parameter Store. */
export const parametersSource: SourceModule = { modules: [], groups, routes, wire };
