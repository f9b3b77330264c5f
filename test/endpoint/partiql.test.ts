import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WireStage } from '../support/endpoint/wire-stage.ts';

const A = { TableName: 'Users', Key: { id: { S: 'a' } } };
const B = { TableName: 'Users', Key: { id: { S: 'b' } } };
const VISIT = { TableName: 'Visits', Key: { user: { N: '1' }, page: { B: 'AA==' } } };

/* Scripted, because no DynamoDB for tests that is to be had here speaks PartiQL. */
describe('PartiQL through the endpoint, over a scripted DynamoDB', () => {
  let stage: WireStage;

  beforeEach(async () => {
    stage = await WireStage.open({
      GetItem: '{"Item":{"id":{"S":"a"}}}',
      ExecuteStatement: '{"Items":[{"n":{"N":"1.50"}}],"NextToken":"x"}',
    });
    for (const read of [A, B, VISIT]) await stage.say('GetItem', read);
    stage.upstream.received.length = 0;
  });

  afterEach(() => stage.close());

  /** Those of the three items that memory has no more. */
  const forgotten = async (): Promise<readonly unknown[]> => {
    stage.upstream.received.length = 0;
    for (const read of [A, B, VISIT]) await stage.say('GetItem', read);
    return stage.asked.map(({ input: { Key } }) => Key);
  };

  it.each([
    ['ExecuteStatement', { Statement: 'SELECT * FROM "Users" WHERE id = ?', Parameters: [{ S: 'a' }] }],
    ['BatchExecuteStatement', { Statements: [{ Statement: "SELECT * FROM Users WHERE id='a'" }] }],
  ])(
    '%s is DynamoDB’s to answer each time, and changes nothing that memory has',
    async (operation, input) => {
      const answers = [await stage.say(operation, input), await stage.say(operation, input)];

      expect(stage.asked).toEqual([
        { operation, input },
        { operation, input },
      ]);
      expect(answers[0]).toBe(stage.script[operation] ?? '{}');
      expect(await forgotten()).toEqual([]);
    },
  );

  it.each([
    ['UPDATE "Users" SET n = 2 WHERE id = ?', [{ S: 'a' }]],
    ["UPDATE Users SET n = 2 SET m = 3 WHERE id = 'a' AND n = 1", undefined],
    ["DELETE FROM Users WHERE id = 'a'", undefined],
    ["INSERT INTO Users VALUE {'id': 'a', 'n': 2}", undefined],
  ])('%s forgets at least the item that it names', async (Statement, Parameters) => {
    await stage.say('ExecuteStatement', { Statement, ...(Parameters && { Parameters }) });

    expect(await forgotten()).toContainEqual(A.Key);
  });

  it('an item that is named by its key is all that is forgotten', async () => {
    await stage.say('ExecuteStatement', { Statement: "DELETE FROM Users WHERE id = 'a'" });

    expect(await forgotten()).toEqual([A.Key]);
  });

  it.each([
    "UPDATE Users SET n = 2 WHERE id IN ['a', 'b']",
    "UPDATE Users SET n = 2 WHERE id = 'a' OR id = 'b'",
    'DELETE FROM "Users"."ByName" WHERE name = \'a\'',
  ])('%s drops the table, because its keys cannot be told', async (Statement) => {
    await stage.say('ExecuteStatement', { Statement });

    expect(await forgotten()).toEqual(expect.arrayContaining([A.Key, B.Key]));
  });

  it.each([
    ["MERGE INTO Users VALUE {'id': 'a'}"],
    ["DELETE FROM Users WHERE id = 'a'; DELETE FROM Visits"],
    ['/* open'],
  ])('%s drops everything, because nobody knows what it does', async (Statement) => {
    await stage.say('ExecuteStatement', { Statement });

    expect(await forgotten()).toEqual([A.Key, B.Key, VISIT.Key]);
  });

  it('a transaction forgets what each of its statements may change', async () => {
    await stage.say('ExecuteTransaction', {
      TransactStatements: [
        { Statement: "UPDATE Users SET n = 1 WHERE id = 'b'" },
        {
          Statement: 'DELETE FROM Visits WHERE user = ? AND page = ?',
          Parameters: [{ N: '1.0' }, { B: 'AA==' }],
        },
        { Statement: "EXISTS(SELECT * FROM Users WHERE id = 'a')" },
      ],
    });

    expect(await forgotten()).toEqual([B.Key, VISIT.Key]);
  });
});
