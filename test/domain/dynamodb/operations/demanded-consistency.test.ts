import { describe, expect, it } from '@jest/globals';
import { demandsConsistency } from '../../../../src/domain/dynamodb/operations/get-item.ts';

const demands = (text: string): boolean => demandsConsistency(new TextEncoder().encode(text));

describe('demandsConsistency', () => {
  it.each([
    '{"ConsistentRead":true}',
    '{"TableName":"T","ConsistentRead":true,"Key":{}}',
    '{"TableName": "T", "ConsistentRead": true}',
    '{"TableName":"Customers","ReturnConsumedCapacity":"TOTAL","ConsistentRead":true}',
  ])('sees it in %s', (text) => {
    expect(demands(text)).toBe(true);
  });

  it.each([
    '',
    '{}',
    '{"ConsistentRead":false}',
    '{"ConsistentRead": false}',
    '{"ConsistentRead":null}',
    '{"ConsistentRead"',
    '{"ConsistentRead":',
    '{"ConsistentRead" true',
    '{"ConsistentReads":true}',
    '{"InConsistentRead":true}',
    '{"consistentRead":true}',
    'ConsistentRead":true',
    '{"Consistent":true}',
  ])('does not see it in %s', (text) => {
    expect(demands(text)).toBe(false);
  });

  it('is not taken in by a value that quotes it', () => {
    const text = JSON.stringify({ Key: { id: { S: '"ConsistentRead":true' } } });

    expect(demands(text)).toBe(false);
  });
});
