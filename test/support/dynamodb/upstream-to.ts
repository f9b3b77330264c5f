import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import {
  EndpointResolver,
  type EndpointResolverOptions,
} from '../../../src/adapters/aws/endpoint-resolver.ts';
import { DynamoDbUpstream } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** A way to DynamoDB as the program makes it, by the variables of this process. */
export const upstreamTo = (options: EndpointResolverOptions, clock = new FakeClock()): DynamoDbUpstream => {
  const { region } = options;
  const endpoints = new EndpointResolver({ env: process.env, ...options }, clock);
  const credentialCache = new CredentialCache((renewed) => endpoints.credentials(renewed), clock);
  return new DynamoDbUpstream({
    credentialCache,
    endpoints,
    clock,
    ...(region === undefined ? {} : { region }),
  });
};
