import process from 'node:process';
import { ContainerModule } from 'inversify';
import { CredentialCache } from '../../adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../../adapters/aws/endpoint-resolver.ts';
import { RoleCredentials } from '../../adapters/aws/roles/role-credentials.ts';
import { TOKENS } from '../tokens.ts';

/** The name of the sessions of roles, if the function has no name that STS allows. */
const SESSION_NAME = 'dynamodb-cache-extension';

/** The credentials of the function, which all AWS sources share, and of the roles that it assumes. */
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
  bind(TOKENS.roleCredentials).toResolvedValue(
    ({ region, proxy, functionName = '' }, credentialCache, endpoints, clock) => {
      const sessionName = functionName.length > 1 ? functionName : SESSION_NAME;
      return new RoleCredentials({ credentialCache, endpoints, clock, region, proxy, sessionName });
    },
    [TOKENS.settings, TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock],
  );
});
