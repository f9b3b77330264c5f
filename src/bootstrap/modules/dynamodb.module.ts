import process from 'node:process';
import { ContainerModule } from 'inversify';
import { CredentialCache } from '../../adapters/aws/credentials/credential-cache.ts';
import { EndpointResolver } from '../../adapters/aws/endpoint-resolver.ts';
import { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
import { DynamoDbUpstream } from '../../adapters/dynamodb/dynamodb-upstream.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { PLAIN, TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { ItemAddressParser } from '../../domain/dynamodb/model/item-address.ts';
import { TOKENS } from '../tokens.ts';
import type { SourceModule } from './source-module.ts';

/** Credentials, endpoints and the item source of DynamoDB. */
const module = new ContainerModule(({ bind }) => {
  bind(TOKENS.endpointResolver).toResolvedValue(
    ({ region, dynamoDbEndpoint: endpoint, credentialsEndpoint }, clock) => {
      // On an old Node.js the SDK would log a warning that the function's owner cannot act on.
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
      return new EndpointResolver(
        {
          env: process.env,
          ...(region === undefined ? {} : { region }),
          ...(endpoint === undefined ? {} : { endpoint }),
          ...(credentialsEndpoint === undefined ? {} : { credentialsEndpoint }),
        },
        clock,
      );
    },
    [TOKENS.settings, TOKENS.clock],
  );
  bind(TOKENS.credentialCache).toResolvedValue(
    (knowledge, clock) => new CredentialCache((renewed) => knowledge.credentials(renewed), clock),
    [TOKENS.endpointResolver, TOKENS.clock],
  );
  bind(TOKENS.addressParser).toResolvedValue(
    ({ tables }) => new ItemAddressParser(tables),
    [TOKENS.settings],
  );
  bind(TOKENS.itemSource).toResolvedValue(
    ({ tables, region, proxy }, credentialCache, endpoints, clock) => {
      const optional = {
        ...(region === undefined ? {} : { region }),
        ...(proxy === undefined ? {} : { proxy }),
      };
      const parts = { credentialCache, endpoints, clock, ...optional };
      return new DynamoDbItemSource(tables, new DynamoDbUpstream(parts), clock);
    },
    [TOKENS.settings, TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock],
  );
});

/** The configured tables as groups of the cache. */
const groups: SourceModule['groups'] = (program) => {
  const { tables, keepsTypedForm } = program.get('settings');
  const source = program.get('itemSource');
  return tables.map(({ name, lifetimes, preload }) => ({
    name,
    policy: new TtlPolicy(lifetimes),
    contentTypes: keepsTypedForm ? [PLAIN, TYPED] : [PLAIN],
    preload,
    source,
  }));
};

const routes: SourceModule['routes'] = (program) => [
  {
    path: '/dynamodb',
    addresses: program.get('addressParser'),
    formats: new Map([['dynamodb', TYPED]]),
    defaultContentType: PLAIN,
  },
];

/** Items of DynamoDB tables. */
export const dynamoDbSource: SourceModule = { module, groups, routes };
