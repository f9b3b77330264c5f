import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AttributeMap } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { MalformedNameError } from '../../../../src/domain/dynamodb/model/errors.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import type { KeyType } from '../../../../src/domain/dynamodb/model/table-spec.ts';
import { anyText } from '../../../support/any-text.ts';

const codec = (hashType: KeyType, sortType?: KeyType): KeyCodec =>
  new KeyCodec({
    name: 'Products',
    hashKey: { name: 'h', type: hashType },
    ...(sortType === undefined ? {} : { sortKey: { name: 's', type: sortType } }),
  });

const TYPES: readonly KeyType[] = ['S', 'N', 'B'];
/** Texts with many of the characters that ids are built with. */
const text = fc
  .array(fc.oneof(fc.constantFrom('\0', '\u0001', '\u0002', 'a', '@', '😀'), anyText()), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
  .filter((joined) => joined !== '');
const valuesOf: Record<KeyType, fc.Arbitrary<string>> = {
  S: text,
  N: fc.integer().map(String),
  B: fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64')),
};
const pairs = TYPES.flatMap((hash) => TYPES.map((sort) => [hash, sort] as const));

describe('KeyCodec', () => {
  it('puts keys into the group of the table spec, under the hash value alone', () => {
    expect(codec('S').fromText('p1')).toMatchObject({ group: 'Products', id: 'p1' });
  });

  it('reports whether the table has a sort key', () => {
    expect(codec('S').hasSortKey).toBe(false);
    expect(codec('S', 'N').hasSortKey).toBe(true);
  });

  it('spends one character on telling the sort value from the hash value', () => {
    expect(codec('S', 'S').fromText('p1', 's1').id).toHaveLength(5);
  });

  it.each(pairs)('gives back the values of a key of types %s and %s', (hashType, sortType) => {
    const keys = codec(hashType, sortType);
    fc.assert(
      fc.property(valuesOf[hashType], valuesOf[sortType], (hash, sort) => {
        const key = keys.fromText(hash, sort);
        const attributes = keys.toAttributes(key);

        expect(attributes).toEqual({ h: { [hashType]: hash }, s: { [sortType]: sort } });
        expect(keys.fromItem({ ...attributes, other: { BOOL: true } }).text).toBe(key.text);
      }),
    );
  });

  it.each(TYPES)('gives back the value of a hash key of type %s', (type) => {
    fc.assert(
      fc.property(valuesOf[type], (hash) => {
        expect(codec(type).toAttributes(codec(type).fromText(hash))).toEqual({ h: { [type]: hash } });
      }),
    );
  });

  it.each(pairs)('never gives one id to different values of types %s and %s', (hashType, sortType) => {
    const keys = codec(hashType, sortType);
    const values = fc.tuple(valuesOf[hashType], valuesOf[sortType]);
    fc.assert(
      fc.property(values, values, (left, right) => {
        const same = left[0] === right[0] && left[1] === right[1];
        expect(keys.fromText(...left).id === keys.fromText(...right).id).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('distinguishes values that differ in control characters only', () => {
    const specials = [
      '\0',
      '\u0001',
      '\u0002',
      '\0\0',
      '\u0001\u0002',
      '\u0001\u0001',
      '\u0001\0',
      '\0\u0001',
    ];
    const ids = specials.flatMap((hash) => specials.map((sort) => codec('S', 'S').fromText(hash, sort).id));

    expect(new Set(ids).size).toBe(specials.length ** 2);
  });

  it('gives one key to a number, however it is written', () => {
    fc.assert(
      fc.property(fc.nat(), (number) => {
        const writings = [`${number}`, `${number}.0`, `0${number}`, `+${number}`, `${number}0e-1`];

        expect(new Set(writings.map((text) => codec('N').fromText(text).id)).size).toBe(1);
      }),
    );
  });

  it('gives one key to equal numbers', () => {
    const ids = ['1', '1.0', '01', '1e0', '+1'].map((hash) => codec('N', 'N').fromText(hash, '-0').id);

    expect(new Set(ids).size).toBe(1);
    expect(codec('N', 'N').fromText('1', '0').id).toBe(ids[0]);
  });

  it('gives one key to equal bytes, and writes them as DynamoDB does', () => {
    const keys = ['/+8=', '_-8', '_-8=', '/+8'].map((hash) => codec('B').fromText(hash));

    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    for (const key of keys) expect(codec('B').toAttributes(key)).toEqual({ h: { B: '/+8=' } });
  });

  it('accepts values up to the maximum length in bytes', () => {
    const emoji = '😀'.repeat(512);
    const bytes = Buffer.alloc(2048, 7).toString('base64');

    expect(codec('S', 'S').fromText(emoji, emoji.slice(0, 512)).group).toBe('Products');
    expect(codec('B', 'S').fromText(bytes, 'é'.repeat(512)).group).toBe('Products');
  });

  it.each([
    ['an empty hash value', codec('S'), '', undefined],
    ['an empty sort value', codec('S', 'S'), 'a', ''],
    ['an empty number', codec('N'), '', undefined],
    ['empty binary', codec('B'), '', undefined],
    ['padding without bytes', codec('B'), '==', undefined],
    ['a missing sort value', codec('S', 'S'), 'a', undefined],
    ['a surplus sort value', codec('S'), 'a', 'b'],
    ['a hash value of 2,049 bytes', codec('S'), `${'é'.repeat(1024)}a`, undefined],
    ['a sort value of 1,025 bytes', codec('S', 'S'), 'a', `${'é'.repeat(512)}a`],
    ['binary of 2,049 bytes', codec('B'), Buffer.alloc(2049).toString('base64'), undefined],
    ['half a surrogate pair', codec('S'), 'a\ud83d', undefined],
    ['the other half of a surrogate pair', codec('S'), '\ude00a', undefined],
    ['text where a number belongs', codec('N'), 'secret', undefined],
    ['text where binary belongs', codec('B'), 'secret value', undefined],
  ])('refuses %s, and does not repeat the value', (_, keys, hash, sort) => {
    const attempt = (): unknown => keys.fromText(hash, sort);

    expect(attempt).toThrow(MalformedNameError);
    expect(attempt).not.toThrow(/secret/);
  });

  it.each<[string, AttributeMap]>([
    ['without the sort key', { h: { S: 'a' } }],
    ['without the hash key', { s: { N: '1' } }],
    ['with a hash key of another type', { h: { N: '1' }, s: { N: '1' } }],
    ['with a sort key of another type', { h: { S: 'a' }, s: { S: '1' } }],
    ['with a map in place of a key', { h: { M: { S: { S: 'a' } } }, s: { N: '1' } }],
  ])('refuses an item %s', (_, item) => {
    expect(() => codec('S', 'N').fromItem(item)).toThrow(MalformedNameError);
  });

  it('ignores properties that every object inherits', () => {
    const odd = new KeyCodec({ name: 'T', hashKey: { name: 'constructor', type: 'S' } });

    expect(() => odd.fromItem({})).toThrow(MalformedNameError);
  });

  it('treats __proto__ like any other name', () => {
    const odd = new KeyCodec({ name: 'T', hashKey: { name: '__proto__', type: 'S' } });

    expect(JSON.stringify(odd.toAttributes(odd.fromText('a')))).toBe('{"__proto__":{"S":"a"}}');
    expect(odd.fromItem(JSON.parse('{"__proto__":{"S":"a"}}')).id).toBe('a');
  });
});
