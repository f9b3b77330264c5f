import { describe, expect, it } from '@jest/globals';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { batchGetRequest } from '../../../../src/domain/dynamodb/operations/batch-get.ts';
import {
  batchBypassReason,
  itemBypassReason,
  partBypassReason,
  queriedTable,
  queryBypassReason,
} from '../../../../src/domain/dynamodb/operations/bypass-reason.ts';
import { getItemRequest } from '../../../../src/domain/dynamodb/operations/get-item.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const hashKey = { name: 'id', type: 'S' } as const;
const tables = new ConfiguredTables(
  [
    tableSpec({ name: 'Whole', hashKey }),
    tableSpec({ name: 'Partial', hashKey, fields: ['id', 'price'] }),
    tableSpec({ name: 'Queried', hashKey, queryTtlMs: 1_000 }),
    tableSpec({ name: 'Observed', hashKey, queryTtlMs: 1_000, isObserved: true }),
  ],
  'eu-west-1',
);
const PLACE = { region: 'eu-west-1', account: '123456789012' };
const Key = { id: { S: 'a' } };
const whole = { TableName: 'Whole', Key };
const partial = { TableName: 'Partial', Key };

describe('itemBypassReason', () => {
  it.each([
    ['attributes_not_cached', 'a whole item of a table with fields', partial],
    ['attributes_not_cached', 'one attribute too many', { ...partial, ProjectionExpression: 'price, tax' }],
    ['attributes_not_cached', 'a legacy list of attributes', { ...partial, AttributesToGet: ['tax'] }],
    [
      'attributes_not_cached',
      'an alias of another attribute',
      { ...partial, ProjectionExpression: '#t', ExpressionAttributeNames: { '#t': 'tax' } },
    ],
    ['consistent_read', 'a consistent read', { ...whole, ConsistentRead: true }],
    ['consistent_read', 'a consistent read of an unknown table', { TableName: 'No', ConsistentRead: true }],
    ['unknown_table', 'a table that is not configured', { TableName: 'No', Key }],
    [
      'unknown_table',
      'a table of another region',
      { TableName: 'arn:aws:dynamodb:us-east-1:123456789012:table/Whole', Key },
    ],
    ['complex_projection', 'a path into an attribute', { ...whole, ProjectionExpression: 'a.b' }],
    ['complex_projection', 'an element of a list', { ...whole, ProjectionExpression: 'a[0]' }],
    ['not_plain', 'no table', { Key }],
    ['not_plain', 'no key', { TableName: 'Whole' }],
    ['not_plain', 'no key of a table with fields', { TableName: 'Partial' }],
    ['not_plain', 'a key of another type', { TableName: 'Whole', Key: { id: { N: '1' } } }],
    ['not_plain', 'a member that is unknown', { ...whole, Colour: 'red' }],
    ['not_plain', 'a consistency that is no boolean', { ...whole, ConsistentRead: 'true' }],
    ['not_plain', 'an unknown capacity report', { ...whole, ReturnConsumedCapacity: 'SOME' }],
  ])('is %s for %s', (reason, _, request) => {
    expect(getItemRequest(request, tables, PLACE)).toBeUndefined();
    expect(itemBypassReason(request, tables, PLACE)).toBe(reason);
  });
});

describe('batchBypassReason', () => {
  const Keys = [Key];
  const batch = (RequestItems: unknown, more: object = {}) => ({ RequestItems, ...more });

  it.each([
    ['attributes_not_cached', 'whole items of a table with fields', batch({ Partial: { Keys } })],
    ['consistent_read', 'a consistent read', batch({ Whole: { Keys, ConsistentRead: true } })],
    ['unknown_table', 'a table that is not configured', batch({ No: { Keys } })],
    [
      'unknown_table',
      'two tables, of which the first is not configured',
      batch({ No: { Keys }, Partial: { Keys } }),
    ],
    ['complex_projection', 'a path', batch({ Whole: { Keys, ProjectionExpression: 'a.b' } })],
    ['not_plain', 'no tables', batch({})],
    ['not_plain', 'a list in place of tables', batch([])],
    ['not_plain', 'a part that is no object', batch({ Whole: 1 })],
    ['not_plain', 'a key twice', batch({ Whole: { Keys: [Key, Key] } })],
    ['not_plain', 'a member that is unknown', batch({ Whole: { Keys } }, { Colour: 'red' })],
    ['not_plain', 'keys that are not a list', batch({ Whole: { Keys: 'a' } })],
    ['not_plain', 'a part without keys', batch({ No: {} })],
    ['not_plain', 'one key of another table', batch({ Partial: { Keys: [Key, {}] } })],
    [
      'not_plain',
      'a key twice beside a table that is not configured',
      batch({ No: { Keys }, Whole: { Keys: [Key, Key] } }),
    ],
    [
      'not_plain',
      'a mistake beside a table that is not configured',
      batch({ No: { Keys }, Whole: { Keys: [{}] } }),
    ],
  ])('is %s for %s', (reason, _, request) => {
    expect(batchGetRequest(request, tables, PLACE)).toBeUndefined();
    expect(batchBypassReason(request, tables, PLACE)).toBe(reason);
  });

  it('gives no reason for a part that the cache may answer', () => {
    expect(partBypassReason('Whole', { Keys }, tables, PLACE)).toBeUndefined();
  });
});

describe('queryBypassReason', () => {
  const query = { TableName: 'Queried', KeyConditionExpression: 'id = :a' };

  it.each([
    ['no_query_ttl', 'a table without queryTtl', { ...query, TableName: 'Whole' }],
    ['consistent_read', 'a consistent query', { ...query, ConsistentRead: true }],
    ['unknown_table', 'a table that is not configured', { ...query, TableName: 'No' }],
    ['observe_mode', 'a table that is only observed', { ...query, TableName: 'Observed' }],
    ['capacity_report', 'a capacity report', { ...query, ReturnConsumedCapacity: 'TOTAL' }],
    ['not_plain', 'an unknown capacity report', { ...query, ReturnConsumedCapacity: 'SOME' }],
  ])('is %s for %s', (reason, _, request) => {
    expect(queriedTable(request, tables, PLACE)).toBeUndefined();
    expect(queryBypassReason(request, tables, PLACE)).toBe(reason);
  });

  it('does not exist for a query whose answer may be cached', () => {
    expect(queriedTable(query, tables, PLACE)?.spec.name).toBe('Queried');
    expect(queriedTable({ ...query, ReturnConsumedCapacity: 'NONE' }, tables, PLACE)).toBeDefined();
  });

  it('is not_plain for a body that is not a JSON object', () => {
    expect(queryBypassReason(undefined, tables, PLACE)).toBe('not_plain');
  });
});
