import process from 'node:process';
import { ContainerModule } from 'inversify';
import { CredentialCache } from '../../adapters/aws/credentials/credential-cache.ts';
import { EndpointResolver } from '../../adapters/aws/endpoint-resolver.ts';
import { TOKENS } from '../tokens.ts';

/** The credentials of the function, which all AWS sources share. */
export const awsModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.endpointResolver).toResolvedValue(
    ({ region, dynamoDbEndpoint: endpoint, endpoints, credentialsEndpoint }, clock) => {
      // On an old Node.js the SDK would log a warning that the function's owner cannot act on.
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
      return new EndpointResolver(
        { env: process.env, region, endpoint, endpoints, credentialsEndpoint },
        clock,
      );
    },
    [TOKENS.settings, TOKENS.clock],
  );
  bind(TOKENS.credentialCache).toResolvedValue(
    (knowledge, clock) => new CredentialCache((renewed) => knowledge.credentials(renewed), clock),
    [TOKENS.endpointResolver, TOKENS.clock],
  );
});
