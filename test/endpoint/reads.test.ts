import {
  BatchGetItemCommand,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { EndpointUnderTest } from '../support/endpoint/endpoint-under-test.ts';
import { FAULTS } from '../support/faults/faults.ts';

const ID = { name: 'id', type: 'S' } as const;

describe('what goes over the wire for an SDK that reads through the extension', () => {
  let dynamoDb: DynamoDbServer;
  let endpoint: EndpointUnderTest;

  beforeEach(async () => {
    useTestCredentials();
    dynamoDb = await startDynalite();
    await dynamoDb.createTable({ table: 'Users', hashKey: ID });
    await dynamoDb.createTable({ table: 'Others', hashKey: ID });
    for (const table of ['Users', 'Others']) await dynamoDb.put(table, { id: { S: 'a' }, n: { N: '1' } });
    endpoint = await EndpointUnderTest.inFrontOf(dynamoDb.endpoint);
  });

  afterEach(async () => {
    await endpoint.close();
    await dynamoDb.close();
  });

  const asked = (): readonly string[] => dynamoDb.requests.map(({ operation }) => operation);
  const read = async (TableName: string, ConsistentRead = false, region = 'us-east-1') => {
    const command = new GetItemCommand({ TableName, Key: { id: { S: 'a' } }, ConsistentRead });
    return (await endpoint.client({ region }).send(command)).Item;
  };

  it('is nothing when it reads again what may be somewhat old', async () => {
    for (let times = 0; times < 5; times += 1) expect(await read('Users')).toMatchObject({ n: { N: '1' } });

    expect(asked()).toHaveLength(1);
  });

  it('is one call each time when it reads consistently', async () => {
    for (let times = 0; times < 3; times += 1) await read('Users', true);

    expect(asked()).toEqual(['GetItem', 'GetItem', 'GetItem']);
  });

  it('is one call each time where the table is not configured', async () => {
    for (let times = 0; times < 3; times += 1) await read('Others');

    expect(asked()).toEqual(['GetItem', 'GetItem', 'GetItem']);
  });

  it('is one call each time where the table of that name is in another region', async () => {
    for (let times = 0; times < 3; times += 1) await read('Users', false, 'eu-west-1');

    expect(asked()).toEqual(['GetItem', 'GetItem', 'GetItem']);
  });

  it('is one call for each read that DynamoDB throttles, also right after another one', async () => {
    dynamoDb.proxy.inject({ fault: FAULTS.throttle, operation: 'GetItem' });
    const client = endpoint.client();
    for (const calls of [1, 2, 3]) {
      const item = client.send(new GetItemCommand({ TableName: 'Users', Key: { id: { S: 'a' } } }));

      await expect(item).rejects.toBeInstanceOf(ProvisionedThroughputExceededException);
      expect(dynamoDb.proxy.count('GetItem')).toBe(calls);
    }
  });

  it('is the rest of a batch of which memory has a part', async () => {
    await read('Users');
    const keys = ['a', 'b'].map((id) => ({ id: { S: id } }));
    const { Responses } = await endpoint
      .client()
      .send(new BatchGetItemCommand({ RequestItems: { Users: { Keys: keys } } }));

    expect(Responses).toEqual({ Users: [{ id: { S: 'a' }, n: { N: '1' } }] });
    expect(asked()).toEqual(['GetItem', 'BatchGetItem']);
    expect(dynamoDb.requests[1]?.body).toMatchObject({
      RequestItems: { Users: { Keys: [{ id: { S: 'b' } }] } },
    });
  });

  it('is a new read after a write, which it sees', async () => {
    await read('Users');
    await endpoint
      .client()
      .send(new PutItemCommand({ TableName: 'Users', Item: { id: { S: 'a' }, n: { N: '2' } } }));

    expect(await read('Users')).toEqual({ id: { S: 'a' }, n: { N: '2' } });
    expect(asked()).toEqual(['GetItem', 'PutItem', 'GetItem']);
    expect(dynamoDb.requests[2]?.body).toMatchObject({ ConsistentRead: true });
  });
});
