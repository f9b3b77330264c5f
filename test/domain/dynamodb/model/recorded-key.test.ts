import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedNameError } from '../../../../src/domain/dynamodb/model/errors.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { keyOfRecord } from '../../../../src/domain/dynamodb/model/recorded-key.ts';
import type { KeyType } from '../../../../src/domain/dynamodb/model/table-spec.ts';

const type = fc.constantFrom<KeyType>('S', 'N', 'B');
const VALUES: Record<KeyType, string> = { S: 'a', N: '1.0', B: 'YQ==' };

describe('the key of a record of a stream', () => {
  it('has the id by which the item is cached, whatever the types of its attributes', () => {
    fc.assert(
      fc.property(type, fc.option(type), (hashType, sortType) => {
        const sort = sortType === null ? {} : { s: { [sortType]: VALUES[sortType] } };
        const codec = new KeyCodec({
          name: 'Products',
          hashKey: { name: 'h', type: hashType },
          ...(sortType === null ? {} : { sortKey: { name: 's', type: sortType } }),
        });
        const attributes = { ...sort, h: { [hashType]: VALUES[hashType] } };
        const names = { hash: 'h', ...(sortType === null ? {} : { sort: 's' }) };

        expect(keyOfRecord(attributes, names).id).toBe(codec.fromItem(attributes).id);
      }),
    );
  });

  it.each([
    [{ h: { S: 'a' } }, { hash: 'h' }, 'a'],
    [{ h: { N: '1.50' } }, { hash: 'h' }, '1.5'],
    [{ s: { N: '01' }, h: { S: 'a' } }, { hash: 'h', sort: 's' }, 'a\u00001'],
  ])('%j with the names %j is %j', (attributes, names, id) => {
    expect(keyOfRecord(attributes, names).id).toBe(id);
  });

  it.each([
    [undefined, 'the record has no key attributes'],
    ['h', 'the record has no key attributes'],
    [{}, 'the record has 0 key attributes instead of 2'],
    [{ h: { S: 'a' } }, 'the record has 1 key attributes instead of 2'],
    [{ h: { S: 'a' }, s: { S: 'b' }, x: { S: 'c' } }, 'the record has 3 key attributes instead of 2'],
    [{ h: { S: 'a' }, x: { S: 'b' } }, 'the key attribute s is missing or not of type S, N or B'],
    [{ s: { S: 'a' }, x: { S: 'b' } }, 'the key attribute h is missing or not of type S, N or B'],
    [{ h: { S: 'a' }, s: { BOOL: true } }, 'the key attribute s is missing or not of type S, N or B'],
    [{ h: 'S', s: { S: 'b' } }, 'the key attribute h is missing or not of type S, N or B'],
  ])('cannot be made of %j: %s', (attributes, message) => {
    expect(() => keyOfRecord(attributes, { hash: 'h', sort: 's' })).toThrow(new MalformedNameError(message));
  });

  it('cannot be made of a value that DynamoDB would not accept', () => {
    expect(() => keyOfRecord({ h: { N: 'one' } }, { hash: 'h' })).toThrow(MalformedNameError);
    expect(() => keyOfRecord({ h: { S: 'a' }, s: { S: 'b' } }, { hash: 'h' })).toThrow(
      new MalformedNameError('the record has 2 key attributes instead of 1'),
    );
  });
});
