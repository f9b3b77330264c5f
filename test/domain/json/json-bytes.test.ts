import { describe, expect, it } from '@jest/globals';
import { JsonBytes, matchesAt, unsupportedJson } from '../../../src/domain/json/json-bytes.ts';
import { CLOSE_OBJECT } from '../../../src/domain/json/json-signs.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const reading = (text: string, at = 0): JsonBytes => new JsonBytes(bytes(text), at);

describe('JsonBytes', () => {
  it('reads a part of a Buffer where it lies', () => {
    const whole = Buffer.from('[{"a":1}]');
    const from = new JsonBytes(whole.subarray(1, 8), 1);

    expect(from.bytes).toBeInstanceOf(Uint8Array);
    expect(from.bytes).not.toBeInstanceOf(Buffer);
    expect(from.bytes.buffer).toBe(whole.buffer);
    expect([from.textFrom(0, 7), from.readString(), from.at]).toEqual(['{"a":1}', true, 4]);
  });

  it('reads a byte only if it is the expected one', () => {
    const from = reading('},');

    expect([from.tryByte(0x2c), from.at]).toEqual([false, 0]);
    expect([from.tryByte(CLOSE_OBJECT), from.at]).toEqual([true, 1]);
    expect(() => from.expect(CLOSE_OBJECT)).toThrow(SyntaxError);
    expect(from.at).toBe(1);
  });

  it('reads several bytes only if all of them match', () => {
    const from = reading('"S":"a"');

    expect([from.tryBytes(bytes('"S";')), from.at]).toEqual([false, 0]);
    expect([from.tryBytes(bytes('"S":')), from.at]).toEqual([true, 4]);
    expect([from.tryBytes(bytes('"a"}')), from.at]).toEqual([false, 4]);
  });

  it('continues after a comma and stops at the closing byte', () => {
    const from = reading(',}]');

    expect([from.hasMore(CLOSE_OBJECT), from.at]).toEqual([true, 1]);
    expect([from.hasMore(CLOSE_OBJECT), from.at]).toEqual([false, 2]);
    expect(() => from.hasMore(CLOSE_OBJECT)).toThrow(SyntaxError);
  });

  it.each([
    ['""', true],
    ['"a b~\u007f"', true],
    ['"\u00e9\u{1f600}"', true],
    ['"\\""', false],
    ['"\\\\"', false],
    ['"\u00e9\\n\u00e9"', false],
  ])('reads the string %s to its end, and knows whether it has escapes', (string, isLiteral) => {
    const from = reading(`[${string},"b"]`, 1);

    expect(from.readString()).toBe(isLiteral);
    expect(from.textFrom(1)).toBe(string);
  });

  it.each(['', 'a"', '"', '"a', '"\\"', '"\\', '"\u0000"', '"\u001f"'])(
    'does not read the string %j',
    (text) => {
      expect(() => reading(text).readString()).toThrow(SyntaxError);
    },
  );

  it.each(['0', '-0', '7', '-19', '10', '0.0', '-12.50', '909.909'])(
    'reads the number %s to its end',
    (number) => {
      const from = reading(`"${number}"`, 1);
      from.readNumber();

      expect(from.textFrom(1)).toBe(number);
    },
  );

  it.each(['', '-', '.5', '1.', '+1', 'e', '-.5'])('does not read the number %j', (text) => {
    expect(() => reading(text).readNumber()).toThrow(SyntaxError);
  });

  it.each([
    ['01', 1],
    ['1e5', 1],
    ['1.5.5', 3],
  ])('reads of %s the number that it begins with', (text, length) => {
    const from = reading(text);
    from.readNumber();

    expect(from.at).toBe(length);
  });

  it('keeps a byte order mark, which is a part of the text like any other', () => {
    expect(reading('\ufeffa').textFrom(0, 4)).toBe('\ufeffa');
  });

  it('throws for text that is not UTF-8', () => {
    expect(() => new JsonBytes(Uint8Array.of(0x61, 0xff), 0).textFrom(0, 2)).toThrow(/utf-8/i);
  });
});

describe('standsAt', () => {
  it.each([
    [0, 'abc', true],
    [1, 'bc', true],
    [1, 'b', true],
    [1, 'bb', false],
    [2, 'cd', false],
    [-1, 'a', false],
  ])('looks at place %d for %s', (at, signs, stands) => {
    expect(matchesAt(bytes('abc'), at, bytes(signs))).toBe(stands);
  });
});

describe('unusual', () => {
  it('reports unsupported JSON as invalid or not compact', () => {
    expect(unsupportedJson()).toEqual(new SyntaxError('the JSON is invalid or not compact'));
  });
});
