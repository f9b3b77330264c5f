import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  elementsOf,
  membersOf,
  type Span,
  skipSpace,
  valueEnd,
} from '../../../src/domain/json/json-scanner.ts';
import { anyText } from '../../support/any-text.ts';

const cut = (text: string, { start, end }: Span): string => text.slice(start, end);

const spaces = fc.constantFrom('', ' ', '\n\t ', '\r\n');

describe('the JSON scanner', () => {
  it('finds the members of any object where JSON.parse sees them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(anyText(), fc.string()), fc.jsonValue()),
        fc.nat(3),
        spaces,
        (object, indent, before) => {
          const text = `${before}${JSON.stringify(object, null, indent)}`;
          const members = membersOf(text, skipSpace(text, 0));

          expect(members.map(({ name }) => name)).toEqual(Object.keys(JSON.parse(text)));
          for (const member of members) {
            expect(JSON.parse(cut(text, member.value))).toEqual(JSON.parse(text)[member.name]);
            expect(JSON.parse(`{${cut(text, member)}}`)).toEqual({
              [member.name]: JSON.parse(text)[member.name],
            });
          }
        },
      ),
    );
  });

  it('finds the elements of any array where JSON.parse sees them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(3), (array, indent) => {
        const text = JSON.stringify(array, null, indent);

        expect(elementsOf(text, 0).map((span) => JSON.parse(cut(text, span)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('ends a value where it ends, whatever follows', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', ',', '}', ']', '\n"'), (value, rest) => {
        const text = JSON.stringify(value);

        expect(valueEnd(text + rest, 0)).toBe(text.length);
      }),
    );
  });

  it.each([
    ['"a\\"b"x', 6],
    ['"a\\\\"x', 5],
    ['"\\\\\\""x', 6],
    ['"{["x', 4],
    ['""x', 2],
    ['{"a":"}"}x', 9],
    ['[["]"],{}]x', 10],
  ])('is not misled by %s', (text, end) => {
    expect(valueEnd(text, 0)).toBe(end);
  });

  it('reads names as they are meant', () => {
    expect(membersOf('{"\\u0049tem":1,"I\\"":2}', 0).map(({ name }) => name)).toEqual(['Item', 'I"']);
  });

  it.each([
    '',
    '[]',
    '"a"',
    '{"a"}',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{a:1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1 x"b":2}',
    '{"a"x1}',
    '[}',
    '{"a:1}',
    '{"a":[1}',
    '{,}',
  ])('finds no object in %j', (text) => {
    expect(() => membersOf(text, 0)).toThrow(SyntaxError);
  });

  it('names the position of invalid JSON', () => {
    expect(() => membersOf('{"a" 1}', 0)).toThrow('position 5');
  });

  it.each(['"', '"a', '"a\\"', '[', '{"a"', '["a]'])('finds no end of %j', (text) => {
    expect(() => valueEnd(text, 0)).toThrow(SyntaxError);
  });

  it.each(['', '{}', '{]', '[1', '[1,]', '[1 2]', '[1 x2]', '["a]', '[,]', '[{]'])(
    'finds no array in %j',
    (text) => {
      expect(() => elementsOf(text, 0)).toThrow(SyntaxError);
    },
  );
});
