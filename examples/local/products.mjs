import { readItem } from '../clients/nodejs/cache-client.mjs';

/**
 * Answers `{ "pKey": "p1", "sKey": "s1" }` with the price of that product, or with null. Takes the fall-back as a parameter,
 * so that tests need no DynamoDB.
 */
export const handlerWith = (askDynamoDb) => async (event) => {
  const product = await readItem({ table: 'Products', hashKey: event.pKey, sortKey: event.sKey }, () =>
    askDynamoDb(event),
  );
  return product?.price ?? null;
};
