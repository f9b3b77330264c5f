import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { DynamoDbServer } from '../dynamodb/dynamodb-server.ts';
import { callDynamoDb } from '../dynamodb/wire.ts';

/** What one BatchWriteItem takes. */
const BATCH = 25;

/** Puts many items into a table, by `BatchWriteItem`. */
export const putItems = async (
  { endpoint }: DynamoDbServer,
  table: string,
  items: readonly AttributeMap[],
): Promise<void> => {
  for (let start = 0; start < items.length; start += BATCH) {
    const requests = items.slice(start, start + BATCH).map((Item) => ({ PutRequest: { Item } }));
    await callDynamoDb(endpoint, 'BatchWriteItem', { RequestItems: { [table]: requests } });
  }
};
