import { ContainerModule } from 'inversify';
import { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
import { TOKENS } from '../tokens.ts';

/** Where entries come from. */
export const dynamoDbModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.itemSource).toResolvedValue(
    ({ tables }, clock) => new DynamoDbItemSource(tables, clock),
    [TOKENS.settings, TOKENS.clock],
  );
});
