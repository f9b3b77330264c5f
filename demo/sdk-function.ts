import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SdkFindings } from './function/sdk-findings.ts';

/*
 * A typical data layer for DynamoDB that knows nothing of the cache. It reads an order repeatedly, updates it, reads it once
 * more, and prints the results.
 */
const READS = 200;
const dynamoDb = new DynamoDBClient({});
const order = { TableName: 'Orders', Key: { orderNumber: { N: '1004' } } };

const readTotal = async (): Promise<string | undefined> => {
  const { Item } = await dynamoDb.send(new GetItemCommand(order));
  return Item?.total?.N;
};

const raise = (): Promise<unknown> =>
  dynamoDb.send(
    new UpdateItemCommand({
      ...order,
      UpdateExpression: 'ADD #t :one',
      ExpressionAttributeNames: { '#t': 'total' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  );

const times: number[] = [];
let before: string | undefined;
for (let read = 0; read < READS; read += 1) {
  const askedAt = performance.now();
  before = await readTotal();
  times.push(performance.now() - askedAt);
}
await raise();
const findings: SdkFindings = {
  reads: READS,
  medianMs: times.sort((one, other) => one - other)[READS / 2] ?? 0,
  before: Number(before),
  after: Number(await readTotal()),
};
process.stdout.write(JSON.stringify(findings));
dynamoDb.destroy();
