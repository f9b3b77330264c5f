import {
  CreateTableCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { EndpointUnderTest } from '../support/endpoint/endpoint-under-test.ts';

describe('the AWS SDK for JavaScript, pointed at the extension', () => {
  let dynamoDb: DynamoDbServer;
  let endpoint: EndpointUnderTest;

  beforeEach(async () => {
    useTestCredentials();
    dynamoDb = await startDynalite();
    endpoint = await EndpointUnderTest.inFrontOf(dynamoDb.endpoint);
  });

  afterEach(async () => {
    await endpoint.close();
    await dynamoDb.close();
  });

  it('makes tables, writes and reads as it would with DynamoDB', async () => {
    const client = endpoint.client();
    await client.send(
      new CreateTableCommand({
        TableName: 'Orders',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['Orders']);
    await client.send(
      new PutItemCommand({ TableName: 'Orders', Item: { id: { S: 'a' }, n: { N: '1.50' } } }),
    );
    const { Item } = await client.send(new GetItemCommand({ TableName: 'Orders', Key: { id: { S: 'a' } } }));

    expect(Item).toEqual({ id: { S: 'a' }, n: { N: '1.5' } });
  });

  it('gets the errors of DynamoDB', async () => {
    const missing = endpoint
      .client()
      .send(new GetItemCommand({ TableName: 'None', Key: { id: { S: 'a' } } }));

    await expect(missing).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});
