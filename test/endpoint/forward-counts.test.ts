import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { WireStage } from '../support/endpoint/wire-stage.ts';
import { answering } from '../support/http/scripted-server.ts';

const hashKey = { name: 'id', type: 'S' } as const;
const ITEM = '{"id":{"S":"a"},"price":{"N":"1"}}';
const Key = { id: { S: 'a' } };
const whole = { TableName: 'Whole', Key };

let stage: WireStage;

beforeEach(async () => {
  const tables = [
    tableSpec({ name: 'Whole', hashKey }),
    tableSpec({ name: 'Partial', hashKey, fields: ['id', 'price'] }),
    tableSpec({ name: 'Observed', hashKey, isObserved: true }),
  ];
  stage = await WireStage.open({ GetItem: `{"Item":${ITEM}}` }, { tables });
});

afterEach(() => stage.close());

const read = async (path: string) => (await fetch(`${stage.endpoint.url}${path}`)).text();
const forwarded = async (): Promise<unknown> => JSON.parse(await read('/health')).forwarded;

describe('operations that are forwarded without a look into the cache', () => {
  const large = { ...whole, Padding: 'x'.repeat(600_000) };

  it.each<[string, string, string, object, Readonly<Record<string, string>>?]>([
    ['attributes_not_cached', 'a whole item with fields', 'GetItem', { TableName: 'Partial', Key }],
    [
      'attributes_not_cached',
      'a batch of whole items with fields',
      'BatchGetItem',
      { RequestItems: { Partial: { Keys: [Key] } } },
    ],
    [
      'attributes_not_cached',
      'a batch of which the cache answers one table',
      'BatchGetItem',
      { RequestItems: { Whole: { Keys: [Key] }, Partial: { Keys: [Key] } } },
    ],
    ['consistent_read', 'a consistent read', 'GetItem', { ...whole, ConsistentRead: true }],
    ['unknown_table', 'a table that is not configured', 'GetItem', { TableName: 'Others', Key }],
    ['complex_projection', 'a path', 'GetItem', { ...whole, ProjectionExpression: 'a.b' }],
    ['not_plain', 'a key of another type', 'GetItem', { TableName: 'Whole', Key: { id: { N: '1' } } }],
    ['content_type', 'another content type', 'GetItem', whole, { 'content-type': 'text/plain' }],
    ['too_large', 'a large read', 'GetItem', large],
    ['observe_mode', 'a table that is only observed', 'GetItem', { TableName: 'Observed', Key }],
    ['no_query_ttl', 'a query', 'Query', { TableName: 'Whole' }],
    ['write', 'a write', 'PutItem', { TableName: 'Whole', Item: Key }],
    ['write', 'a statement', 'ExecuteStatement', { Statement: 'SELECT * FROM Whole' }],
    ['other_operation', 'a scan', 'Scan', { TableName: 'Whole' }],
    ['other_operation', 'an operation that nobody knows', 'InventItem', {}],
  ])('count as %s: %s', async (reason, _, operation, input, headers = {}) => {
    await stage.ask(operation, input, headers);
    await stage.ask(operation, input, headers);

    expect(await forwarded()).toEqual({ [reason]: 2 });
    expect(await read('/metrics')).toContain(`\ndynamodb_cache_forwarded_total{reason="${reason}"} 2\n`);
  });

  it('count as cache_read_failed if DynamoDB failed to answer the cache', async () => {
    stage.script.GetItem = answering(400, '{"__type":"com.amazon.coral.service#AccessDeniedException"}');
    await stage.ask('GetItem', whole);

    expect(await forwarded()).toEqual({ cache_read_failed: 1 });
  });
});

it('counts neither misses nor hits as forwarded', async () => {
  const batch = { RequestItems: { Whole: { Keys: [{ id: { S: 'b' } }] } } };
  for (const _ of ['miss', 'hit']) {
    await stage.ask('GetItem', whole);
    await stage.ask('GetItem', { ...whole, ReturnConsumedCapacity: 'TOTAL' });
    await stage.ask('GetItem', { TableName: 'Partial', Key, ProjectionExpression: 'price' });
    await stage.ask('BatchGetItem', batch);
  }

  expect(await forwarded()).toBeUndefined();
  expect(await read('/metrics')).not.toContain('forwarded');
});
