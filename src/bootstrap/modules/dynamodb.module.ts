import process from 'node:process';
import { ContainerModule } from 'inversify';
import { AwsKnowledge } from '../../adapters/aws/aws-knowledge.ts';
import { KeyRing } from '../../adapters/aws/credentials/key-ring.ts';
import { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
import { DynamoDbUpstream } from '../../adapters/dynamodb/dynamodb-upstream.ts';
import { TOKENS } from '../tokens.ts';

/** Where entries come from, and who asks for them. */
export const dynamoDbModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.awsKnowledge).toResolvedValue(
    ({ region, dynamoDbEndpoint: endpoint, credentialsEndpoint }, clock) => {
      // On an old Node the SDK would complain in the function's log, whose owner chose neither.
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
      return new AwsKnowledge(
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
  bind(TOKENS.keyRing).toResolvedValue(
    (knowledge, clock) => new KeyRing((renewed) => knowledge.credentials(renewed), clock),
    [TOKENS.awsKnowledge, TOKENS.clock],
  );
  bind(TOKENS.itemSource).toResolvedValue(
    ({ tables, region, proxy }, keyRing, endpoints, clock) => {
      const optional = {
        ...(region === undefined ? {} : { region }),
        ...(proxy === undefined ? {} : { proxy }),
      };
      const parts = { keyRing, endpoints, clock, ...optional };
      return new DynamoDbItemSource(tables, new DynamoDbUpstream(parts), clock);
    },
    [TOKENS.settings, TOKENS.keyRing, TOKENS.awsKnowledge, TOKENS.clock],
  );
});
