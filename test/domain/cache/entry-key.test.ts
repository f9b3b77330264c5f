import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { anyText } from '../../support/any-text.ts';

const group = anyText({ minLength: 1 }).filter((text) => !text.includes('\0'));
const id = fc.oneof(anyText(), fc.constantFrom('', '\0', 'a\0b'));

describe('EntryKey', () => {
  it('keeps its group and id', () => {
    const key = new EntryKey('Products', 'S1');

    expect([key.group, key.id, key.text]).toEqual(['Products', 'S1', 'Products\0S1']);
  });

  it('has equal texts exactly if group and id are equal', () => {
    fc.assert(
      fc.property(group, id, group, id, (oneGroup, oneId, otherGroup, otherId) => {
        const same = oneGroup === otherGroup && oneId === otherId;

        expect(new EntryKey(oneGroup, oneId).text === new EntryKey(otherGroup, otherId).text).toBe(same);
        expect(new EntryKey(oneGroup, oneId).text).toBe(new EntryKey(oneGroup, oneId).text);
      }),
    );
  });

  it('distinguishes keys whose concatenated group and id are equal', () => {
    expect(new EntryKey('T', 'able1').text).not.toBe(new EntryKey('Table', '1').text);
    expect(new EntryKey('T', '\0U').text).not.toBe(new EntryKey('U', '\0T').text);
  });

  it('accepts any id, including the empty one', () => {
    expect(new EntryKey('T', '').text).toBe('T\0');
  });

  it.each(['', 'a\0b', '\0'])('refuses the group %j', (name) => {
    const make = () => new EntryKey(name, 'id');

    expect(make).toThrow(RangeError);
    expect(make).toThrow('a group name is a non-empty string without NUL characters');
  });
});
