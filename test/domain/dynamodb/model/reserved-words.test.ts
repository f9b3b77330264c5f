import { describe, expect, it } from '@jest/globals';
import { isReservedWord } from '../../../../src/domain/dynamodb/model/reserved-words.ts';

describe('a reserved word', () => {
  it.each(['ABORT', 'order', 'Zone'])('is one in any letter case: %s', (word) => {
    expect(isReservedWord(word)).toBe(true);
  });

  it.each(['DUPLICATE', 'remove', 'Tables', 'UPDATED'])(
    'is also one that only the expressions of DynamoDB reject: %s',
    (word) => {
      expect(isReservedWord(word)).toBe(true);
    },
  );

  it.each(['', 'price', 'ABORT ABSOLUTE'])('is not reserved by DynamoDB: %j', (word) => {
    expect(isReservedWord(word)).toBe(false);
  });
});
