import { listedParameters } from '../../adapters/config/cache-yaml/parameters-section.ts';
import { JSON_KEY } from '../../adapters/http/items/json-key.ts';
import { SsmSource } from '../../adapters/ssm/ssm-source.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { AWS_JSON, VALUE } from '../../domain/named-values/content-types.ts';
import { ParameterDirectory } from '../../domain/parameters/parameter-directory.ts';
import { ParameterAddressParser } from '../../domain/parameters/parameter-queries.ts';
import { oncePerProgram, type SourceModule } from './source-module.ts';
import { valueDefaults, valueSourceParts } from './value-sources.ts';

const ON_DEMAND = 'parameters';

/** The parameters that the program serves; undefined if it serves none. */
const parametersOf = oncePerProgram((program) => {
  const settings = program.get('settings');
  const defaults = valueDefaults(settings, settings.replaced?.parameters);
  const section = listedParameters(settings, defaults.lifetimes);
  if (section === undefined && settings.replaced === undefined) return undefined;
  const { listed = [], onDemand = true } = section ?? {};
  const named = listed.map((each, index) => ({ ...each, group: `${ON_DEMAND}:${index + 1}` }));
  return {
    named,
    defaults,
    onDemand,
    directory: new ParameterDirectory(named, onDemand ? ON_DEMAND : undefined),
  };
});

/** The directory of the parameters that the program serves; undefined if it serves none. */
export const parameterDirectoryOf: (
  program: Parameters<typeof parametersOf>[0],
) => ParameterDirectory | undefined = (program) => parametersOf(program)?.directory;

const groups: SourceModule['groups'] = (program) => {
  const parameters = parametersOf(program);
  if (parameters === undefined) return [];
  const { named, defaults, onDemand, directory } = parameters;
  const paths = new Map(named.flatMap(({ group, path }) => (path === undefined ? [] : [[group, path]])));
  const regions = new Map(
    named.flatMap(({ group, region }) => (region === undefined ? [] : [[group, region]])),
  );
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
      tokens: program.get('settings').secretTokens,
    },
  ];
};

/** Parameters of Systems Manager Parameter Store. */
export const parametersSource: SourceModule = { modules: [], groups, routes };
