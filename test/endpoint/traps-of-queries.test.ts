import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { WireStage } from '../support/endpoint/wire-stage.ts';

const QUERY = {
  TableName: 'Users',
  KeyConditionExpression: 'id = :a',
  ExpressionAttributeValues: { ':a': { S: 'a' } },
};
const WRITE = { TableName: 'Users', Item: { id: { S: 'z' } } };

describe('the trap of a query that was remembered', () => {
  let stage: WireStage;

  beforeEach(async () => {
    const users = { name: 'Users', hashKey: { name: 'id', type: 'S' } } as const;
    stage = await WireStage.open(
      { Query: '{"Items":[{"n":{"N":"1.50"}}],"Count":1,"ScannedCount":1}' },
      {
        tables: [tableSpec({ ...users, queryTtlMs: 60_000 }), tableSpec({ ...users, name: 'Others' })],
        writeWindowMs: 1,
      },
    );
  });

  afterEach(() => stage.close());

  it('is a trap for nobody who did not ask for it', async () => {
    for (const _ of [1, 2]) await stage.say('Query', { ...QUERY, TableName: 'Others' });

    expect(stage.operations).toEqual(['Query', 'Query']);
  });

  it('is avoided: the same request gets the same bytes, any other is DynamoDB’s to answer', async () => {
    const answers = [await stage.say('Query', QUERY), await stage.say('Query', QUERY)];
    expect(answers[1]).toBe(answers[0]);
    expect(stage.operations).toHaveLength(1);

    for (const more of [{ Limit: 1 }, { ConsistentRead: true }, { ReturnConsumedCapacity: 'TOTAL' }])
      await stage.say('Query', { ...QUERY, ...more });
    expect(stage.operations).toHaveLength(4);
  });

  it.each([
    ['PutItem', WRITE],
    ['DeleteItem', { TableName: 'Users', Key: WRITE.Item }],
    ['BatchWriteItem', { RequestItems: { Users: [{ PutRequest: { Item: WRITE.Item } }] } }],
    ['TransactWriteItems', { TransactItems: [{ Put: WRITE }] }],
    ['ExecuteStatement', { Statement: "INSERT INTO Users VALUE {'id': 'z'}" }],
    ['NotThoughtOfYet', {}],
  ])('is avoided: %s drops all that was remembered of the table', async (operation, input) => {
    await stage.say('Query', QUERY);
    await stage.say(operation, input);
    await stage.say('Query', QUERY);

    expect(stage.operations).toEqual(['Query', operation, 'Query']);
  });
});
