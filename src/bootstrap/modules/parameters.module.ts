import { listedParameters } from '../../adapters/config/cache-yaml/value-sections.ts';
import { PARAMETER_STORE, SsmSource } from '../../adapters/ssm/ssm-source.ts';
import { ParameterDirectory } from '../../domain/parameters/parameter-directory.ts';
import { parameterOperations } from '../../domain/parameters/parameter-operations.ts';
import { ParameterAddressParser } from '../../domain/parameters/parameter-queries.ts';
import { namedValues } from './named-values.ts';

/** Parameters of Systems Manager Parameter Store. */
export const parameters = namedValues({
  name: 'parameters',
  protocol: PARAMETER_STORE,
  messageMember: 'message',
  listedIn: listedParameters,
  directory: (listed, onDemandGroup) => new ParameterDirectory(listed, onDemandGroup),
  source: (parts, directory, listed) => {
    const paths = listed.flatMap(({ group, path }) => (path === undefined ? [] : [[group, path] as const]));
    return new SsmSource(directory, new Map(paths), parts);
  },
  addresses: (directory) => new ParameterAddressParser(directory),
  operations: parameterOperations,
  preload: ({ names, path }, directory) => ({
    keys: names.map((name) => directory.keyOf({ name, withDecryption: true })),
    everything: path !== undefined,
  }),
});
