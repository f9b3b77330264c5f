import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { readItem } from './cache-client.mjs';

const dynamoDb = new DynamoDBClient({});

/** The product, or undefined if there is none. */
export const readProduct = (pKey, sKey) =>
  readItem({ table: 'Products', hashKey: pKey, sortKey: sKey }, async () => {
    const Key = { pKey: { S: pKey }, sKey: { S: sKey } };
    const { Item } = await dynamoDb.send(new GetItemCommand({ TableName: 'Products', Key }));
    return Item && { pKey, sKey, ...(Item.price && { price: Number(Item.price.N) }) };
  });
