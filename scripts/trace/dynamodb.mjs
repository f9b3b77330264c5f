import { once } from 'node:events';
import createDynalite from 'dynalite';
import { ITEMS, TABLE } from './cases.mjs';

/** The most that one BatchWriteItem takes. */
const BATCH = 25;
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=test';

/**
 * Starts a DynamoDB with the sample table within this process.
 *
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export const startDynamoDb = async () => {
  const server = createDynalite({ createTableMs: 0 });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  await fill(url);
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const fill = async (url) => {
  await call(url, 'CreateTable', {
    TableName: TABLE,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  while ((await call(url, 'DescribeTable', { TableName: TABLE })).Table.TableStatus !== 'ACTIVE');
  for (let from = 0; from < ITEMS.length; from += BATCH) {
    const puts = ITEMS.slice(from, from + BATCH).map((item) => ({ PutRequest: { Item: item } }));
    await call(url, 'BatchWriteItem', { RequestItems: { [TABLE]: puts } });
  }
};

const call = async (url, operation, input) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: AUTHORIZATION,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation} failed: ${text}`);
  return JSON.parse(text);
};
