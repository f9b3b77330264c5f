import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LooseString, stringsOutside } from '../../../src/domain/json/loose-strings.ts';
import { anyText } from '../../support/any-text.ts';
import { spelled, spellingChoices } from '../../support/json-spelling.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
/** The strings of a text, each value after its member. */
const stringsOf = (text: string, ...skipped: readonly string[]): readonly (readonly string[])[] =>
  stringsOutside(bytesOf(text), new Set(skipped)).map(pairOf);
const pairOf = ({ text, member }: LooseString): readonly string[] =>
  member === undefined ? [text] : [member, text];

const stringsIn = (value: unknown, member?: string): readonly (readonly string[])[] => {
  if (typeof value === 'string') return [pairOf({ text: value, member })];
  if (Array.isArray(value)) return value.flatMap((element) => stringsIn(element, member));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [[name], ...stringsIn(each, name)]);
};

const jsonValue = fc.jsonValue({ stringUnit: 'binary' });
const refusal = new SyntaxError('invalid JSON, or JSON beyond the limits');

describe('the strings of a JSON text', () => {
  it('are those that JSON.parse reads, in any spelling', () => {
    fc.assert(
      fc.property(jsonValue, spellingChoices, (value, choices) => {
        const text = spelled(value, choices);

        expect(stringsOf(text)).toEqual(stringsIn(JSON.parse(text)));
      }),
    );
  });

  it.each([
    ['"a"', [['a']]],
    ['["a",["b"]]', [['a'], ['b']]],
    ['{"a":"b"}', [['a'], ['a', 'b']]],
    ['{"a":["b",["c"],{"d":"e"},"f"]}', [['a'], ['a', 'b'], ['a', 'c'], ['d'], ['d', 'e'], ['a', 'f']]],
    ['"\ufeffa"', [['\ufeffa']]],
    ['{"a":"b","a":"c"}', [['a'], ['a', 'b'], ['a'], ['a', 'c']]],
    [' {\t"\\u0061" :\r\n[ ] , "b" : { } , "c" : [ "\\"" , 1 ] } ', [['a'], ['b'], ['c'], ['c', '"']]],
    ['[true,false,null,-1.5e+3,0]', []],
  ])('of %j are %j', (text, expected) => {
    expect(stringsOf(text)).toEqual(expected);
  });

  it('do not include the values of skipped members', () => {
    fc.assert(
      fc.property(jsonValue, anyText(), spellingChoices, (value, after, choices) => {
        const text = spelled({ skipped: value, after }, choices);

        expect(stringsOf(text, 'skipped')).toEqual([['skipped'], ['after'], ['after', after]]);
      }),
    );
  });

  it.each([
    ['a string', '"x"'],
    ['a string with an escaped quote', '"\\"x"'],
    ['a list', '["x",["y"]]'],
    ['brackets in strings', '{"x":"}","]":["{\\"["]}'],
    ['a number', '-1.5e+3'],
    ['a string that is not valid UTF-8 when cut', '"é"'],
    ['a string that is longer than one that is read', `"${'x'.repeat(70_000)}"`],
    ['lists that are nested more deeply than those that are read', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['more values than are read', `[${'1,'.repeat(30_000)}1]`],
  ])('are found after a skipped member with %s', (_, value) => {
    expect(stringsOf(`{"s":${value},"a":"b"}`, 's')).toEqual([['s'], ['a'], ['a', 'b']]);
    expect(stringsOf(`[{"s":${value}},"b"]`, 's')).toEqual([['s'], ['b']]);
  });

  it.each([
    '',
    ' ',
    '"a',
    '"a\\"',
    '[',
    '["a"',
    '["a" "b"]',
    '["a",]',
    '["a"}',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a" "b"}',
    '{"a","b"}',
    '{a:1}',
    '{1:1}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{"a":1]',
    '{}{}',
    '[]]',
    '1 2',
    "'a'",
    '"\\x"',
    '"\n"',
    '{"s"}',
    '{"s":}',
    '{"s":"',
    '{"s":"}',
    '{"s":[}',
    '{"s":{"a":1}',
    '{"s":[[]',
    '{"s":["]',
  ])('cannot be read from %j', (text) => {
    expect(() => stringsOf(text, 's')).toThrow(refusal);
  });

  it('cannot be read from bytes that are not UTF-8', () => {
    expect(() => stringsOutside(Uint8Array.of(0x22, 0xff, 0x22), new Set())).toThrow(refusal);
  });

  it('may be preceded by letters, digits and signs only as parts of numbers and literals', () => {
    const accepted = [...Array(128).keys()]
      .map((code) => String.fromCharCode(code))
      .filter((character) => {
        try {
          return stringsOf(`[1${character}1]`).length === 0;
        } catch {
          return false;
        }
      });

    expect(accepted.join('')).toBe('+,-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
  });
});

describe('the limits of a JSON text', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const ofBytes = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;

  it.each([
    ['32 lists within each other', nested(32), nested(33)],
    ['32 objects within each other', nestedObjects(32), nestedObjects(33)],
    ['20,000 values', `[${'1,'.repeat(19_998)}1]`, `[${'1,'.repeat(19_999)}1]`],
    ['a string of 64 KiB', ofBytes(65_536), ofBytes(65_537)],
    ['a name of 64 KiB', `{${ofBytes(65_536)}:1}`, `{${ofBytes(65_537)}:1}`],
  ])('allow %s, and no more', (_, allowed, beyond) => {
    expect(() => stringsOf(allowed)).not.toThrow();
    expect(() => stringsOf(beyond)).toThrow(refusal);
  });

  it('do not depend on the place of a string', () => {
    expect(stringsOf(`${' '.repeat(100_000)}["a",${ofBytes(65_536)}]`)).toHaveLength(2);
  });
});
