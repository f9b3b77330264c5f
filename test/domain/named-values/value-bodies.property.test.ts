import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import { type GoValue, goJson, goTime } from '../../../src/domain/named-values/value-bodies.ts';
import { anyText } from '../../support/any-text.ts';

const text = fc.oneof(
  anyText(),
  fc.string(),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '\u2028', '\u2029', '"', '\\', '\0', '\u001f', '\u007f', 'é'),
  }),
);
const { value } = fc.letrec<{ value: GoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((number) => number + 0),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')),
  ),
}));

describe('goJson', () => {
  it('writes JSON of the same value, without the characters that Go escapes', () => {
    fc.assert(
      fc.property(value, (input) => {
        const json = goJson(input);

        expect(JSON.parse(json)).toEqual(input);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must be escaped
        expect(json).not.toMatch(/[<>&\u2028\u2029\u0000-\u001f]/);
      }),
    );
  });

  it.each([
    ['<a href="x">&</a>', String.raw`"\u003ca href=\"x\"\u003e\u0026\u003c/a\u003e"`],
    ['\u2028\u2029', String.raw`"\u2028\u2029"`],
    ['\b\f\n\r\t', String.raw`"\b\f\n\r\t"`],
    ['\0\u000b\u001f', String.raw`"\u0000\u000b\u001f"`],
    ['\u007f/é😀', '"\u007f/é😀"'],
    [String.raw`\u003c`, String.raw`"\\u003c"`],
    ['a\ud800b\udc00', '"a\ufffdb\ufffd"'],
  ])('writes %j like Go', (input, json) => {
    expect(goJson(input)).toBe(json);
  });

  it('keeps the order of members', () => {
    expect(goJson({ b: 1, a: [null, true], ResultMetadata: {} })).toBe(
      '{"b":1,"a":[null,true],"ResultMetadata":{}}',
    );
  });
});

describe('goTime', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_668_586_960.362, '2022-11-16T08:22:40.362Z'],
    [1_668_586_960.36, '2022-11-16T08:22:40.36Z'],
    [1_668_586_960.3, '2022-11-16T08:22:40.3Z'],
    [1.66858696e9, '2022-11-16T08:22:40Z'],
    [1.790450994802e9, '2026-09-26T19:29:54.802Z'],
    [1_668_586_960.3629, '2022-11-16T08:22:40.362Z'],
    [-1, '1969-12-31T23:59:59Z'],
    [-62_167_219_200, '0000-01-01T00:00:00Z'],
    [253_402_300_799.999, '9999-12-31T23:59:59.999Z'],
  ])('writes %d as %s', (seconds, date) => {
    expect(goTime(seconds)).toBe(date);
  });

  it.each([253_402_300_800, -62_167_219_201, 1e300, Number.NaN])('rejects %d', (seconds) => {
    expect(() => goTime(seconds)).toThrow(UnreadableValueError);
  });
});
