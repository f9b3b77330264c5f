import { describe, expect, it } from '@jest/globals';
import { isRepeatable } from '../../../../src/domain/dynamodb/operations/write-set.ts';

describe('an operation', () => {
  it.each([
    'BatchGetItem',
    'GetItem',
    'Query',
    'Scan',
    'SearchVectors',
    'TransactGetItems',
    'DescribeTable',
    'DescribeTimeToLive',
    'ListTables',
    'ListTagsOfResource',
  ])('may be done twice if it only reads: %s', (operation) => {
    expect(isRepeatable(operation)).toBe(true);
  });

  it.each([
    'PutItem',
    'UpdateItem',
    'BatchWriteItem',
    'TransactWriteItems',
    'ExecuteStatement',
    'UpdateTable',
    'GetItems',
    'Describe',
    'Describes',
    'Listen',
    'UndoDescribeTable',
    'scan',
    '',
  ])('may not be repeated if it writes or is unknown: %j', (operation) => {
    expect(isRepeatable(operation)).toBe(false);
  });
});
