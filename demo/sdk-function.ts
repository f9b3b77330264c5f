import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SdkFindings } from './function/sdk-findings.ts';

/*
 * A data layer as there are many: made for DynamoDB, before there was any cache. It reads an order again and again, raises it,
 * reads it once more, and prints what it found.
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
