import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NameSet } from '../../../../src/domain/dynamodb/model/projection.ts';
import { anyText } from '../../../support/any-text.ts';

const has = (names: readonly string[], json: string): boolean => {
  const bytes = new TextEncoder().encode(json);
  return new NameSet(names).has(bytes, 0, bytes.length);
};

const escapedAll = (text: string): string =>
  [...Array(text.length).keys()]
    .map((index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');

describe('NameSet', () => {
  it('agrees with JSON.parse on every name, escaped or not', () => {
    const anyName = anyText({ maxLength: 6 });
    fc.assert(
      fc.property(anyName, anyName, fc.boolean(), (name, other, isEscaped) => {
        const json = isEscaped ? `"${escapedAll(name)}"` : JSON.stringify(name);
        expect(has([other, 'x'], json)).toBe([other, 'x'].includes(JSON.parse(json)));
        expect(has([other, name], json)).toBe(true);
      }),
    );
  });

  it.each([
    ['id', '"\\u0069d"', true],
    ['id', '"i\\u0064"', true],
    ['😀', '"\\ud83d\\ude00"', true],
    ['😀', '"\\ud83d"', false],
    ['a/b', '"a\\/b"', true],
    ['a\nb', '"a\\nb"', true],
    ['id', '"idx"', false],
    ['id', '"i"', false],
    ['', '""', true],
  ])('of %j, asked for %s: %p', (name, json, expected) => {
    expect(has([name], json)).toBe(expected);
  });
});
