import { describe, expect, it } from '@jest/globals';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { queriedTable } from '../../../../src/domain/dynamodb/operations/bypass-reason.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const hashKey = { name: 'id', type: 'S' } as const;
const tables = new ConfiguredTables(
  [
    tableSpec({ name: 'Things', hashKey, queryTtlMs: 1 }),
    tableSpec({ name: 'Answering', hashKey, queryTtlMs: 1, isObserved: false }),
    tableSpec({ name: 'Plain', hashKey }),
    tableSpec({ name: 'Never', hashKey, queryTtlMs: 0 }),
    tableSpec({ name: 'Observed', hashKey, queryTtlMs: 1, isObserved: true }),
  ],
  'eu-west-1',
);
const of = (request: object, region = 'eu-west-1') =>
  queriedTable({ TableName: 'Things', ...request }, tables, { region })?.spec.name;

describe('the answer to a Query', () => {
  it.each([[{}], [{ ConsistentRead: false }], [{ ReturnConsumedCapacity: 'NONE' }], [{ Limit: 1 }]])(
    'may be cached if the table has a queryTtl: %j',
    (more) => {
      expect(of(more)).toBe('Things');
      expect(of({ ...more, TableName: 'Answering' })).toBe('Answering');
    },
  );

  it.each([
    [{ TableName: 'Plain' }],
    [{ TableName: 'Never' }],
    [{ TableName: 'Observed' }],
    [{ TableName: 'Others' }],
    [{ TableName: undefined }],
    [{ ConsistentRead: true }],
    [{ ReturnConsumedCapacity: 'TOTAL' }],
    [{ ReturnConsumedCapacity: 'ALL' }],
  ])('may not: %j', (more) => {
    expect(of(more)).toBeUndefined();
  });

  it('may not where the table is not that of the region', () => {
    expect(of({}, 'us-east-1')).toBeUndefined();
  });
});
