import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crc32 } from '../../src/adapters/http/sdk-endpoint/wire-answer.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { postOperation, signedBy } from '../support/dynamodb/wire.ts';
import { WireStage } from '../support/endpoint/wire-stage.ts';

/*
 * What an endpoint that SDKs take for DynamoDB can get wrong, each with its proof; more of them, in full, elsewhere:
 *   another identity, loops, regions        identity.test.ts
 *   bytes, checksums, dead connections      forwarding.test.ts
 *   FIPS, hosts of operations               adapters/dynamodb/sdk-resolver.test.ts
 *   the extension is not there              layers/endpoint-wrapper.test.ts
 *   read-your-writes                        traps-of-writing.test.ts
 */
const USER = '{"id":{"S":"a"},"n":{"N":"1.50"},"deep":{"M":{"x":{"S":"y"}}}}';
const Key = { id: { S: 'a' } };
const GET = { TableName: 'Users', Key };

let stage: WireStage;

beforeEach(async () => {
  stage = await WireStage.open({
    GetItem: `{"Item":${USER}}`,
    BatchGetItem: `{"Responses":{"Users":[${USER}]},"UnprocessedKeys":{}}`,
  });
});

afterEach(() => stage.close());

const times = async (count: number, operation: string, input: object): Promise<readonly string[]> => {
  const answers: string[] = [];
  for (let done = 0; done < count; done += 1) answers.push(await stage.say(operation, input));
  return answers;
};

describe('the trap of being one’s own DynamoDB', () => {
  it('is avoided although the variable of the SDKs is in our environment, too', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = stage.endpoint.url;

    expect(await stage.say('GetItem', GET)).toBe(`{"Item":${USER}}`);
    expect(stage.operations).toEqual(['GetItem']);
  });
});

describe('the trap of serving what another identity may not see', () => {
  it('is avoided: what memory holds is for who signs as we do', async () => {
    await stage.say('GetItem', GET);
    const answer = await stage.ask('GetItem', GET, { authorization: signedBy('ASIAOTHER') });

    expect(answer.status).toBe(400);
    expect(answer.body).toContain('UnrecognizedClientException');
    expect(answer.body).not.toContain('1.50');
  });

  it('is avoided: a table of the same name in another region is another', async () => {
    await stage.say('GetItem', GET);
    await stage.ask('GetItem', GET, { authorization: signedBy('test', 'eu-west-1') });

    expect(stage.operations).toEqual(['GetItem', 'GetItem']);
    expect(stage.upstream.received[1]?.headers.authorization).toContain('/eu-west-1/');
  });
});

describe('the trap of a checksum of other bytes', () => {
  it('is avoided: a hit has its own, and an id of its own, and is never compressed', async () => {
    await stage.say('GetItem', GET);
    const hits = [];
    for (const _ of [1, 2]) hits.push(await stage.ask('GetItem', GET, { 'accept-encoding': 'gzip, br' }));

    for (const { headers, bytes } of hits) {
      expect(headers['x-amz-crc32']).toBe(String(crc32(bytes)));
      expect(headers['content-length']).toBe(String(bytes.length));
      expect(headers['content-type']).toBe('application/x-amz-json-1.0');
      expect(headers).not.toHaveProperty('content-encoding');
      expect(headers).not.toHaveProperty('transfer-encoding');
    }
    expect(new Set(hits.map(({ headers }) => headers['x-amzn-requestid'])).size).toBe(2);
    expect(stage.operations).toEqual(['GetItem']);
  });

  it('is avoided in a batch that is put together from memory and an answer', async () => {
    await stage.say('GetItem', GET);
    stage.script.BatchGetItem = (response) => {
      response.writeHead(200, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-crc32': '1',
        'x-amzn-requestid': 'THEIRS',
      });
      response.end('{"Responses":{"Users":[{"id":{"S":"b"}}]},"UnprocessedKeys":{}}');
    };
    const { headers, body, bytes } = await stage.ask('BatchGetItem', {
      RequestItems: { Users: { Keys: [Key, { id: { S: 'b' } }] } },
    });

    expect(JSON.parse(body).Responses.Users).toHaveLength(2);
    expect(headers['x-amz-crc32']).toBe(String(crc32(bytes)));
  });
});

describe('the trap of answering what only DynamoDB can', () => {
  it.each([
    ['GetItem', { ...GET, ConsistentRead: true }],
    ['GetItem', { ...GET, TableName: 'Unknown' }],
    ['BatchGetItem', { RequestItems: { Users: { Keys: [Key], ConsistentRead: true } } }],
    ['Query', { TableName: 'Users', KeyConditionExpression: 'id = :a' }],
    ['Scan', { TableName: 'Users' }],
    ['TransactGetItems', { TransactItems: [{ Get: GET }] }],
    ['ExecuteStatement', { Statement: 'SELECT * FROM Users' }],
    ['DescribeTable', { TableName: 'Users' }],
    ['NotThoughtOfYet', GET],
  ])('is avoided: %s %j goes there each time', async (operation, input) => {
    await stage.say('GetItem', GET);
    await times(3, operation, input);

    expect(stage.asked.slice(1)).toEqual(Array(3).fill({ operation, input }));
  });

  it('is avoided: a member that nobody here knows makes a read DynamoDB’s own', async () => {
    const input = { ...GET, NewMember: true };
    await times(2, 'GetItem', input);

    expect(stage.asked).toEqual(Array(2).fill({ operation: 'GetItem', input }));
  });
});

describe('a read whose content type is not exactly the one of DynamoDB', () => {
  const batch = { RequestItems: { Users: { Keys: [Key] } } };

  it.each([
    ['application/x-amz-json-1.1'],
    ['text/plain'],
    [''],
    ['application/json'],
    ['application/x-amz-json-1.0; charset=utf-8'],
    ['Application/X-Amz-Json-1.0'],
    ['application/x-amz-json-1.0, text/plain'],
  ])('is forwarded unchanged: "%s"', async (contentType) => {
    await stage.say('GetItem', GET);
    await stage.say('BatchGetItem', batch);
    const refusal = '{"__type":"com.amazon.coral.service#SerializationException"}';
    stage.script.GetItem = (response) => response.writeHead(400).end(refusal);
    stage.script.BatchGetItem = stage.script.GetItem;
    const answers = [
      await stage.ask('GetItem', GET, { 'content-type': contentType }),
      await stage.ask('BatchGetItem', batch, { 'content-type': contentType }),
    ];

    for (const { status, body } of answers) expect([status, body]).toEqual([400, refusal]);
    expect(stage.asked.slice(1)).toEqual([
      { operation: 'GetItem', input: GET },
      { operation: 'BatchGetItem', input: batch },
    ]);
    expect(stage.upstream.received[1]?.headers['content-type']).toBe(contentType);
  });

  it('is forwarded unchanged without a content type, and its answer is not stored', async () => {
    const send = (operation: string, input: object) =>
      fetch(stage.endpoint.url, {
        method: 'POST',
        headers: { 'x-amz-target': `DynamoDB_20120810.${operation}`, authorization: signedBy('test') },
        body: Buffer.from(JSON.stringify(input)),
      });
    await send('GetItem', GET);
    await send('BatchGetItem', batch);
    expect(stage.upstream.received[0]?.headers).not.toHaveProperty('content-type');

    await stage.say('GetItem', GET);
    expect(stage.operations).toEqual(['GetItem', 'BatchGetItem', 'GetItem']);
  });

  it('does not keep a write from invalidating what it changes', async () => {
    await stage.say('GetItem', GET);
    await stage.ask('PutItem', { TableName: 'Users', Item: Key }, { 'content-type': 'text/plain' });
    await stage.say('GetItem', GET);

    expect(stage.operations).toEqual(['GetItem', 'PutItem', 'GetItem']);
  });

  it('forwards a query that the cache knows the answer to', async () => {
    await stage.close();
    const users = tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' }, queryTtlMs: 60_000 });
    stage = await WireStage.open({ Query: '{"Count":0,"Items":[],"ScannedCount":0}' }, { tables: [users] });
    const query = { TableName: 'Users', KeyConditionExpression: 'id = :a' };
    await times(2, 'Query', query);
    expect(stage.operations).toHaveLength(1);
    await stage.ask('Query', query, { 'content-type': 'application/x-amz-json-1.1' });

    expect(stage.operations).toHaveLength(2);
  });
});

describe('a table of another account', () => {
  const FOREIGN = 'arn:aws:dynamodb:us-east-1:210987654321:table/Users';

  it.each([
    ['GetItem', `{"TableName":"${FOREIGN.replace(':', '\\u003a')}","Key":{"id":{"S":"a"}}}`],
    ['PutItem', `{"TableName":"Users","TableName":"${FOREIGN}","Item":{"id":{"S":"a"}}}`],
    ['ExecuteStatement', JSON.stringify({ Statement: `DELETE FROM "${FOREIGN}" WHERE id = 'a'` })],
    ['DeleteItem', `{"TableName":"${FOREIGN.replace('arn', 'ARN')}","Key":{"id":{"S":"a"}}}`],
    ['DescribeTable', `{"TableName":"${FOREIGN.replace('us-east-1', '')}"}`],
    ['TagResource', JSON.stringify({ ResourceArn: FOREIGN, Tags: [] })],
  ])('is refused, however it is written: %s %s', async (operation, body) => {
    process.env.AWS_ACCOUNT_ID = '123456789012';
    const target = `DynamoDB_20120810.${operation}`;
    const { status, body: answer } = await postOperation(stage.endpoint.url, { target, body });

    expect(status).toBe(400);
    expect(JSON.parse(answer)).toMatchObject({
      __type: 'com.amazon.coral.service#AccessDeniedException',
      message: expect.stringContaining('another account'),
    });
    expect(stage.upstream.received).toEqual([]);
  });
});

describe('endpoint discovery', () => {
  it('is answered with no endpoints, so that clients stay here', async () => {
    stage.script.DescribeEndpoints = '{"Endpoints":[{"Address":"dynamodb.us-east-1.amazonaws.com"}]}';
    const { status, headers, body, bytes } = await stage.ask('DescribeEndpoints', {});

    expect([status, body]).toEqual([200, '{"Endpoints":[]}']);
    expect(headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(headers['x-amz-crc32']).toBe(String(crc32(bytes)));
    expect(stage.operations).toEqual([]);
  });

  it.each([
    ['a body that is no JSON', 'no JSON', {}],
    ['an empty body', '', {}],
    ['another content type', '{}', { 'content-type': 'text/plain' }],
  ])('is not forwarded either with %s', async (_, body, headers) => {
    const target = 'DynamoDB_20120810.DescribeEndpoints';
    const answer = await postOperation(stage.endpoint.url, { target, body, headers });

    expect(answer.body).toBe('{"Endpoints":[]}');
    expect(stage.upstream.received).toEqual([]);
  });

  it('is answered only to clients that may ask', async () => {
    const strangers = await stage.ask('DescribeEndpoints', {}, { authorization: signedBy('ASIAOTHER') });

    expect(strangers.status).toBe(400);
    expect(strangers.body).toContain('UnrecognizedClientException');
  });
});

describe('the trap of an image that is not what was asked for', () => {
  const names = { '#n': 'n' };

  it('is avoided: names are resolved, and one entry answers all ways to write them', async () => {
    await stage.say('GetItem', GET);
    const projected = { ...GET, ProjectionExpression: '#n', ExpressionAttributeNames: names };

    expect(await stage.say('GetItem', projected)).toBe('{"Item":{"n":{"N":"1.50"}}}');
    expect(await stage.say('GetItem', { ...GET, AttributesToGet: ['n', 'none'] })).toBe(
      '{"Item":{"n":{"N":"1.50"}}}',
    );
    expect(stage.operations).toEqual(['GetItem']);
  });

  it.each([
    ['a path into an attribute', { ProjectionExpression: 'deep.x' }],
    ['an element of a list', { ProjectionExpression: 'deep[0]' }],
    ['a reserved word', { ProjectionExpression: 'name' }],
    ['a word that only the grammar of expressions reserves', { ProjectionExpression: 'remove' }],
    ['a name that nobody gave', { ProjectionExpression: '#n' }],
    ['a name that is given and not used', { ProjectionExpression: 'n', ExpressionAttributeNames: names }],
    ['a name twice', { ProjectionExpression: 'n, n' }],
    ['nothing', { ProjectionExpression: '' }],
    ['both ways at once', { ProjectionExpression: 'n', AttributesToGet: ['n'] }],
  ])('is avoided: %s is for DynamoDB to answer', async (_, projection) => {
    await stage.say('GetItem', GET);
    await stage.say('GetItem', { ...GET, ...projection });

    expect(stage.asked[1]).toEqual({ operation: 'GetItem', input: { ...GET, ...projection } });
  });

  it('is avoided: of a table with fields, nothing but those is answered', async () => {
    await stage.close();
    const fields = tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' }, fields: ['n'] });
    stage = await WireStage.open(
      { GetItem: '{"Item":{"id":{"S":"a"},"n":{"N":"1"}}}' },
      { tables: [fields] },
    );
    await times(2, 'GetItem', { ...GET, ProjectionExpression: 'n' });
    expect(stage.operations).toHaveLength(1);
    await times(2, 'GetItem', GET);
    await times(2, 'GetItem', { ...GET, ProjectionExpression: 'other' });
    expect(stage.operations).toHaveLength(5);
  });

  it('is avoided: capacity is told of if it was asked for, and is zero from memory', async () => {
    stage.script.GetItem = `{"Item":${USER},"ConsumedCapacity":{"TableName":"Users","CapacityUnits":0.5}}`;
    const told = { ...GET, ReturnConsumedCapacity: 'TOTAL' };
    const [first = '', second = ''] = await times(2, 'GetItem', told);

    expect(JSON.parse(first).ConsumedCapacity).toEqual({ TableName: 'Users', CapacityUnits: 0.5 });
    expect(JSON.parse(second).ConsumedCapacity).toEqual({ TableName: 'Users', CapacityUnits: 0 });
    expect(await stage.say('GetItem', GET)).toBe(`{"Item":${USER}}`);
    expect(stage.operations).toEqual(['GetItem']);
  });
});

describe('the trap of a batch', () => {
  const batch = (...ids: string[]) => ({
    RequestItems: { Users: { Keys: ids.map((id) => ({ id: { S: id } })) } },
  });

  it('is avoided: from memory alone there is UnprocessedKeys, and a table of which nothing was found', async () => {
    await stage.say('GetItem', GET);
    stage.script.GetItem = '{}';
    await stage.say('GetItem', { TableName: 'Users', Key: { id: { S: 'none' } } });

    expect(JSON.parse(await stage.say('BatchGetItem', batch('none')))).toEqual({
      Responses: { Users: [] },
      UnprocessedKeys: {},
    });
    expect(stage.operations).toEqual(['GetItem', 'GetItem']);
  });

  it('is avoided: a key that was not got to is told of, and is no absence', async () => {
    const unprocessed = { Users: { Keys: [{ id: { S: 'b' } }] } };
    stage.script.BatchGetItem = JSON.stringify({
      Responses: { Users: [JSON.parse(USER)] },
      UnprocessedKeys: unprocessed,
    });
    const answer = JSON.parse(await stage.say('BatchGetItem', batch('a', 'b', 'c')));
    expect(answer.UnprocessedKeys).toEqual(unprocessed);

    await stage.say('BatchGetItem', batch('a', 'b', 'c'));
    expect(stage.asked[1]?.input).toMatchObject(batch('b'));
  });

  it.each([
    ['a key twice', { Users: { Keys: [Key, Key] } }],
    ['no keys', { Users: { Keys: [] } }],
    ['no tables', {}],
    ['101 keys', batch(...Array.from({ length: 101 }, (_, n) => `${n}`)).RequestItems],
    ['a key of a wrong type', { Users: { Keys: [{ id: { N: '1' } }] } }],
    [
      'an expression of one table and a legacy parameter of another',
      {
        Users: { Keys: [Key], ProjectionExpression: 'n' },
        Visits: { Keys: [{ user: { N: '1' }, page: { B: 'AA==' } }], AttributesToGet: ['n'] },
      },
    ],
  ])('is avoided: %s is for DynamoDB to refuse, whatever memory has', async (_, RequestItems) => {
    await stage.say('GetItem', GET);
    const refusal = '{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}';
    stage.script.BatchGetItem = (response) => response.writeHead(400).end(refusal);
    const answer = await stage.ask('BatchGetItem', { RequestItems });

    expect([answer.status, answer.body]).toEqual([400, refusal]);
    expect(stage.asked[1]).toEqual({ operation: 'BatchGetItem', input: { RequestItems } });
  });

  it('is avoided: one table’s wish for consistency is that table’s alone', async () => {
    await stage.say('GetItem', GET);
    const visit = { user: { N: '1' }, page: { B: 'AA==' } };
    stage.script.BatchGetItem = JSON.stringify({ Responses: { Visits: [visit] }, UnprocessedKeys: {} });
    const answer = await stage.say('BatchGetItem', {
      RequestItems: { Users: { Keys: [Key] }, Visits: { Keys: [visit], ConsistentRead: true } },
    });

    expect(JSON.parse(answer).Responses).toEqual({ Users: [JSON.parse(USER)], Visits: [visit] });
    expect(stage.asked[1]?.input).toEqual({
      RequestItems: { Visits: { Keys: [visit], ConsistentRead: true } },
    });
  });
});

describe('the trap of one key under many names', () => {
  const visit = (user: string, page: string) => ({ page: { B: page }, user: { N: user } });

  it.each(['1', '1.0', '01', '1e0', '10E-1', '+1'])(
    'is avoided: the number %s is one entry',
    async (user) => {
      const turned = Object.fromEntries(Object.entries(visit(user, 'AA==')).reverse());
      await stage.say('GetItem', { TableName: 'Visits', Key: visit('1', 'AA==') });
      await stage.say('PutItem', { TableName: 'Visits', Item: { ...turned, n: { N: '2' } } });
      await stage.say('GetItem', { TableName: 'Visits', Key: visit('1', 'AA==') });

      expect(stage.operations).toEqual(['GetItem', 'PutItem', 'GetItem']);
    },
  );

  it('is avoided: a write to a table by its ARN is one to the table by its name', async () => {
    await stage.say('GetItem', GET);
    await stage.say('DeleteItem', { TableName: 'arn:aws:dynamodb:us-east-1:123456789012:table/Users', Key });
    await stage.say('GetItem', GET);

    expect(stage.operations).toEqual(['GetItem', 'DeleteItem', 'GetItem']);
  });
});

describe('the trap of two caches of one item', () => {
  it('is avoided: what an SDK read, GET answers from memory, and the other way round', async () => {
    await stage.say('GetItem', GET);
    const plain = await fetch(`${stage.endpoint.url}/dynamodb?name=Users@@a`);
    const typed = await fetch(`${stage.endpoint.url}/dynamodb?name=Users@@a&format=dynamodb`);

    expect(await plain.json()).toEqual({ id: 'a', n: 1.5, deep: { x: 'y' } });
    expect(await typed.text()).toBe(USER);
    expect(stage.operations).toEqual(['GetItem']);
  });
});
