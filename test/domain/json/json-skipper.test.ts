import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonSkipper } from '../../../src/domain/json/json-skipper.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** JSON in any of the ways in which it may be written, with what it says. */
const jsonText = fc
  .tuple(fc.jsonValue(), fc.constantFrom('', ' ', '\n\t'))
  .map(([value, space]) => JSON.stringify(value, undefined, space));

describe('JsonSkipper', () => {
  it('finds the end of every value that JSON.parse reads, in slices of any size', () => {
    fc.assert(
      fc.property(jsonText, fc.integer({ min: 1, max: 20 }), (text, slice) => {
        const bytes = bytesOf(`[${text},1]`);
        const skipper = new JsonSkipper(bytes, 1);
        while (!skipper.skip(skipper.at + slice));
        expect(new TextDecoder().decode(bytes.subarray(1, skipper.at))).toBe(text);
      }),
    );
  });

  it.each([
    ['a string with an escaped quote', '"a\\"b"'],
    ['a string that ends with an escaped backslash', '"a\\\\"'],
    ['brackets in a string', '{"a":"}]"}'],
    ['a number', '-1.5e+3'],
    ['nested lists', '[[[]],[]]'],
  ])('skips %s', (_, text) => {
    const skipper = new JsonSkipper(bytesOf(text));
    expect(skipper.skip(Number.POSITIVE_INFINITY)).toBe(true);
    expect(skipper.at).toBe(text.length);
  });

  it('skips a value that is nested a million times', () => {
    const skipper = new JsonSkipper(bytesOf('['.repeat(1e6) + ']'.repeat(1e6)));
    expect(skipper.skip(Number.POSITIVE_INFINITY)).toBe(true);
  });

  it('skips a number of any length that DynamoDB has, and no longer one', () => {
    const skip = (digits: number) => new JsonSkipper(bytesOf('1'.repeat(digits))).skip(10);

    expect(skip(1_023)).toBe(true);
    expect(() => skip(1_024)).toThrow(new SyntaxError('invalid JSON'));
  });

  it.each([[''], ['{'], ['"'], ['"\\'], ["'a'"], ['{/*"*/}'], ['}'], ['['], ['{"a":\0}'], ['\0{\0}']])(
    'throws a SyntaxError at %j',
    (text) => {
      expect(() => new JsonSkipper(bytesOf(text)).skip(Number.POSITIVE_INFINITY)).toThrow(SyntaxError);
    },
  );
});
