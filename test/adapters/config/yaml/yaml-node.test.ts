import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TextLines } from '../../../../src/adapters/config/yaml/yaml-node.ts';

const anyText = fc.array(fc.constantFrom('a', ' ', '\n', '\r\n', 'é'), { maxLength: 20 });

describe('TextLines', () => {
  it('returns the line and the column of a character, counted from 1', () => {
    const lines = new TextLines('ab\n\ncd');
    const places = [0, 2, 3, 4, 5, 6].map((offset) => lines.placeOf(offset));
    expect(places.map(({ line, column }) => `${line}:${column}`)).toEqual([
      '1:1',
      '1:3',
      '2:1',
      '3:1',
      '3:2',
      '3:3',
    ]);
  });

  it('finds every character of any text', () => {
    fc.assert(
      fc.property(anyText, fc.nat(30), (pieces, offset) => {
        const text = pieces.join('');
        const before = text.slice(0, offset).split('\n');
        expect(new TextLines(text).placeOf(Math.min(offset, text.length))).toEqual({
          line: before.length,
          column: (before.at(-1)?.length ?? 0) + 1,
        });
      }),
    );
  });
});
