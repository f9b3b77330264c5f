import process from 'node:process';
import { ContainerModule } from 'inversify';
import { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
import { SdkUpstream } from '../../adapters/dynamodb/sdk-upstream.ts';
import { TOKENS } from '../tokens.ts';

/** Where entries come from. */
export const dynamoDbModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.itemSource).toResolvedValue(
    ({ tables, region, dynamoDbEndpoint: endpoint, credentialsEndpoint }, clock) => {
      // On an old Node the SDK would complain in the function's log, whose owner chose neither.
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
      const options = {
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(credentialsEndpoint === undefined ? {} : { credentialsEndpoint }),
      };
      return new DynamoDbItemSource(tables, new SdkUpstream(options, clock), clock);
    },
    [TOKENS.settings, TOKENS.clock],
  );
});
