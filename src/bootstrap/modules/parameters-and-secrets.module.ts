import { listedParameters, listedSecrets } from '../../adapters/config/cache-yaml/value-sections.ts';
import {
  SECRETS_MANAGER,
  SecretsManagerSource,
} from '../../adapters/secrets-manager/secrets-manager-source.ts';
import { PARAMETER_STORE, SsmSource } from '../../adapters/ssm/ssm-source.ts';
import { ParameterAddressParser, ParameterDirectory } from '../../domain/parameters/parameter-directory.ts';
import { parameterOperations } from '../../domain/parameters/parameter-operations.ts';
import { pendingGroup, SecretAddressParser, SecretDirectory } from '../../domain/secrets/secret-directory.ts';
import { secretOperations } from '../../domain/secrets/secret-operations.ts';
import { namedValues } from './named-values.ts';
import type { SourceModule } from './source-module.ts';

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

/** Secrets of Secrets Manager. */
export const secrets = namedValues({
  name: 'secrets',
  protocol: SECRETS_MANAGER,
  messageMember: 'Message',
  listedIn: listedSecrets,
  directory: (listed, onDemandGroup) => new SecretDirectory(listed, onDemandGroup),
  source: (parts) => new SecretsManagerSource(parts),
  addresses: (directory) => new SecretAddressParser(directory),
  operations: secretOperations,
  preload: ({ ids, stage }, directory) => ({
    keys: ids.map((id) => directory.keyOf({ id, ...(stage === undefined ? {} : { stage }) })),
    everything: false,
  }),
  uncachedGroup: pendingGroup,
  // By names such as /aws/reference/secretsmanager/prod/db.
  referredToBy: parameters,
});

/** The protocol of AWS's Parameters and Secrets extension, for the parameters and secrets of the program. */
export const parametersAndSecrets: SourceModule = {
  modules: [],
  groups: () => [],
  routes: () => [],
  listener: {
    name: 'parameters-and-secrets',
    load: async (program) => {
      // Loaded on demand: only clients of AWS's extension need it.
      const { ParametersAndSecrets } = await import(
        '../../adapters/http/parameters-and-secrets/extension-handler.ts'
      );
      const { secretTokens, hasTypedErrors } = program.get('settings');
      return new ParametersAndSecrets({
        parameters: parameters.directoryOf(program),
        secrets: secrets.directoryOf(program),
        roles: new Map([...parameters.rolesOf(program), ...secrets.rolesOf(program)]),
        reader: program.get('cache').reader,
        tokens: secretTokens,
        hasTypedErrors,
        cacheName: 'dynamodb-cache',
        logger: program.get('logger'),
      }).handler;
    },
  },
};
