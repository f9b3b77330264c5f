import { parameters } from './parameters.module.ts';
import { secrets } from './secrets.module.ts';
import type { SourceModule } from './source-module.ts';

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
