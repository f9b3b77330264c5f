import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readObject } from '../../../src/domain/json/json-object.ts';
import { anyText } from '../../support/any-text.ts';

const encoder = new TextEncoder();
const read = (text: string) => readObject(encoder.encode(text));

describe('the object of a request', () => {
  it('equals the result of JSON.parse for any strings', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(anyText(), fc.string()), fc.jsonValue()),
        fc.nat(3),
        (value, space) => {
          const text = JSON.stringify(value, undefined, space);

          expect(read(text)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it.each([
    ['{"a":1,"a":1}'],
    ['{"a":1,"\\u0061":2}'],
    ['{"a":[{"b":{"c":":","c":"\\""}}]}'],
    ['{"__proto__":1,"__proto__":2}'],
  ])('is undefined if a member is repeated: %s', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([['[]'], ['"a"'], ['null'], ['{'], [''], ['{} {}'], ['\ufeff{}'], ["{'a':1}"], ['{"a":NaN}']])(
    'is undefined unless the text is exactly one JSON object: %j',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );

  it('is undefined if the bytes are not UTF-8', () => {
    expect(readObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toBeUndefined();
  });

  it('may be nested more deeply than a stack is', () => {
    const deep = `${'{"M":'.repeat(5_000)}1${'}'.repeat(5_000)}`;

    expect(read(deep)).toBeDefined();
  });
});
