import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WireStage } from '../support/endpoint/wire-stage.ts';
import { Gate } from '../support/fakes/gate.ts';
import { answering, hangingUp, type ScriptedAnswer } from '../support/http/scripted-server.ts';

/* What can make a client that wrote through the endpoint read something older than what it wrote, each with its proof. */
const Key = { id: { S: 'a' } };
const GET = { TableName: 'Users', Key };
const PUT = { TableName: 'Users', Item: { ...Key, n: { N: '2' } } };
const answerOf = (n: number) => `{"Item":{"id":{"S":"a"},"n":{"N":"${n}"}}}`;

let stage: WireStage;

beforeEach(async () => {
  stage = await WireStage.open({ GetItem: answerOf(1) });
});

afterEach(() => stage.close());

/** Answers, each time it is asked, with what was true then, once the gate is open. */
const late =
  (gate: Gate, text: string): ScriptedAnswer =>
  (response) => {
    void gate.pass(new AbortController().signal).then(() => answering(200, text)(response));
  };

const isRead = (index: number): unknown => stage.asked[index]?.input.ConsistentRead ?? false;

describe('the trap of a fill that began before the write', () => {
  it.each(['PutItem', 'UpdateItem', 'DeleteItem'])('is avoided: after %s it is not stored', async (write) => {
    const gate = new Gate();
    stage.script.GetItem = late(gate, answerOf(1));
    const early = stage.say('GetItem', GET);
    await gate.arrived();
    await stage.say(write, { ...GET, ...PUT });
    gate.open();
    expect(await early).toBe(answerOf(1));

    stage.script.GetItem = answerOf(2);
    expect(await stage.say('GetItem', GET)).toBe(answerOf(2));
  });

  it('is avoided: not that of a batch either', async () => {
    const gate = new Gate();
    stage.script.BatchGetItem = late(
      gate,
      '{"Responses":{"Users":[{"id":{"S":"a"},"n":{"N":"1"}}]},"UnprocessedKeys":{}}',
    );
    const early = stage.say('BatchGetItem', { RequestItems: { Users: { Keys: [Key] } } });
    await gate.arrived();
    await stage.say('PutItem', PUT);
    gate.open();
    await early;

    stage.script.GetItem = answerOf(2);
    expect(await stage.say('GetItem', GET)).toBe(answerOf(2));
  });

  it('is avoided: not that of a read while the write is under way', async () => {
    const gate = new Gate();
    stage.script.PutItem = late(gate, '{}');
    const write = stage.say('PutItem', PUT);
    await gate.arrived();
    await stage.say('GetItem', GET);
    gate.open();
    await write;

    stage.script.GetItem = answerOf(2);
    expect(await stage.say('GetItem', GET)).toBe(answerOf(2));
  });

  it('is avoided: nor that of a read that began while the write was under way, and lands after it', async () => {
    const [writing, reading] = [new Gate(), new Gate()];
    stage.script.PutItem = late(writing, '{}');
    stage.script.GetItem = late(reading, answerOf(1));
    const write = stage.say('PutItem', PUT);
    await writing.arrived();
    const early = stage.say('GetItem', GET);
    await reading.arrived();
    writing.open();
    await write;
    stage.script.GetItem = answerOf(2);
    reading.open();
    await early;

    expect(await stage.say('GetItem', GET)).toBe(answerOf(2));
  });
});

describe('the trap of joining a read that began before the write', () => {
  it('is avoided: who reads after it asks anew', async () => {
    const gate = new Gate();
    stage.script.GetItem = late(gate, answerOf(1));
    const early = stage.say('GetItem', GET);
    await gate.arrived();
    await stage.say('PutItem', PUT);
    stage.script.GetItem = answerOf(2);

    expect(await stage.say('GetItem', GET)).toBe(answerOf(2));
    gate.open();
    await early;
    expect(await stage.say('GetItem', GET)).toBe(answerOf(2));
  });
});

describe('the trap of an eventually consistent answer after the write', () => {
  it('is avoided: memory is filled by consistent reads', async () => {
    await stage.say('PutItem', PUT);
    await stage.say('GetItem', GET);
    await stage.say('GetItem', GET);

    expect(stage.operations).toEqual(['PutItem', 'GetItem']);
    expect(isRead(1)).toBe(true);
  });

  it('is avoided: by the second and all others within the window, too', async () => {
    await stage.say('PutItem', PUT);
    for (const _ of [1, 2, 3]) {
      await fetch(`${stage.endpoint.url}/dynamodb?name=Users@@a`, { method: 'DELETE' });
      await stage.say('GetItem', GET);
    }

    expect([1, 2, 3].map(isRead)).toEqual([true, true, true]);
  });

  it('is avoided for who reads by the route of items', async () => {
    await stage.say('PutItem', PUT);
    await (await fetch(`${stage.endpoint.url}/dynamodb?name=Users@@a`)).text();

    expect(isRead(1)).toBe(true);
  });

  it('is avoided for the rest of a batch', async () => {
    await stage.say('PutItem', PUT);
    await stage.say('BatchGetItem', { RequestItems: { Users: { Keys: [Key] } } });

    expect(stage.asked[1]?.input).toMatchObject({ RequestItems: { Users: { ConsistentRead: true } } });
  });

  it('is avoided without making other items dearer', async () => {
    await stage.say('PutItem', PUT);
    await stage.say('GetItem', { TableName: 'Users', Key: { id: { S: 'b' } } });

    expect(isRead(1)).toBe(false);
  });
});

describe('the trap of a write of which nobody knows whether it was done', () => {
  it.each<[string, ScriptedAnswer]>([
    ['the connection broke', hangingUp],
    ['DynamoDB failed', answering(500, '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}')],
    ['DynamoDB was busy', answering(503, '{"__type":"com.amazonaws.dynamodb.v20120810#ServiceUnavailable"}')],
  ])('is avoided: when %s, what it may change is asked for each time', async (_, outcome) => {
    await stage.say('GetItem', GET);
    stage.script.PutItem = outcome;
    expect((await stage.ask('PutItem', PUT)).status).toBeGreaterThanOrEqual(500);
    for (const _ of [1, 2, 3]) await stage.say('GetItem', GET);

    expect(stage.operations.slice(-3)).toEqual(['GetItem', 'GetItem', 'GetItem']);
    expect(stage.asked.slice(-3).map(({ input }) => input.ConsistentRead)).toEqual([true, true, true]);
  });

  it('is avoided: a write that was refused is one that some other may have gone before', async () => {
    await stage.say('GetItem', GET);
    stage.script.PutItem = answering(400, '{"__type":"…#ConditionalCheckFailedException"}');
    await stage.ask('PutItem', PUT);
    await stage.say('GetItem', GET);

    expect(stage.operations).toEqual(['GetItem', 'PutItem', 'GetItem']);
  });
});

describe('the trap of writes to many items', () => {
  const READ_B = { TableName: 'Users', Key: { id: { S: 'b' } } };
  const put = { PutRequest: { Item: PUT.Item } };

  it.each([
    ['BatchWriteItem', { RequestItems: { Users: [put, { DeleteRequest: { Key: READ_B.Key } }] } }],
    ['TransactWriteItems', { TransactItems: [{ Put: PUT }, { Delete: READ_B }] }],
    [
      'TransactWriteItems',
      { TransactItems: [{ Update: { ...GET, UpdateExpression: 'SET n = n' } }, { Delete: READ_B }] },
    ],
  ])('is avoided: %s forgets each of them, and no other', async (operation, input) => {
    const reads = [GET, READ_B, { TableName: 'Users', Key: { id: { S: 'c' } } }];
    for (const read of reads) await stage.say('GetItem', read);
    await stage.say(operation, input);
    for (const read of reads) await stage.say('GetItem', read);

    expect(stage.asked.slice(4).map(({ input: { Key } }) => Key)).toEqual([Key, READ_B.Key]);
  });

  it('is avoided: what a batch left unprocessed counts as written', async () => {
    await stage.say('GetItem', GET);
    stage.script.BatchWriteItem = JSON.stringify({ UnprocessedItems: { Users: [put] } });
    await stage.say('BatchWriteItem', { RequestItems: { Users: [put] } });
    await stage.say('GetItem', GET);

    expect(stage.operations).toEqual(['GetItem', 'BatchWriteItem', 'GetItem']);
  });
});

describe('the trap of a write to what cannot be told', () => {
  const other = { TableName: 'Visits', Key: { user: { N: '1' }, page: { B: 'AA==' } } };

  it.each([
    ['an item without its key', 'PutItem', { TableName: 'Users', Item: { n: { N: '1' } } }],
    ['a table that is deleted', 'DeleteTable', { TableName: 'Users' }],
  ])('is avoided: %s drops the table', async (_, operation, input) => {
    for (const read of [GET, other]) await stage.say('GetItem', read);
    await stage.say(operation, input);
    for (const read of [GET, other]) await stage.say('GetItem', read);

    expect(stage.asked.slice(3).map(({ input: { TableName } }) => TableName)).toEqual(['Users']);
  });

  it('is avoided: an operation that nobody here knows drops every table', async () => {
    for (const read of [GET, other]) await stage.say('GetItem', read);
    await stage.say('NotThoughtOfYet', {});
    for (const read of [GET, other]) await stage.say('GetItem', read);

    expect(stage.operations.slice(3)).toEqual(['GetItem', 'GetItem']);
  });
});
