import { describe, expect, it } from '@jest/globals';
import { isSameItem } from '../../../../src/domain/dynamodb/json/item-bodies.ts';

const item = {
  a: { S: 'x' },
  m: { M: { p: { N: '1' }, q: { SS: ['b', 'a'] } } },
  l: { L: [{ NS: ['2', '1'] }, { BS: ['AA==', 'AB=='] }] },
};
const turned = {
  l: { L: [{ NS: ['1', '2'] }, { BS: ['AB==', 'AA=='] }] },
  m: { M: { q: { SS: ['a', 'b'] }, p: { N: '1' } } },
  a: { S: 'x' },
};

describe('two items', () => {
  it('are equal in whatever order their attributes and sets are written', () => {
    expect(isSameItem(item, turned)).toBe(true);
    expect(isSameItem(undefined, undefined)).toBe(true);
  });

  it.each([
    [{ ...item, a: { S: 'y' } }],
    [{ ...item, a: { N: '1' } }],
    [{ ...item, b: { NULL: true } }],
    [{ ...item, l: { L: [...item.l.L].reverse() } }],
    [{ ...item, m: { M: { p: { N: '1' } } } }],
    [{ ...item, m: { M: { p: { N: '1' }, q: { SS: ['b', 'c'] } } } }],
    [{ ...item, m: { M: { p: { N: '1' }, q: { NS: ['b', 'a'] } } } }],
    [{ ...item, m: { M: { p: { N: '1' }, q: { L: [] } } } }],
    [{ ...item, l: { L: [{ NS: ['2', '3'] }, { BS: ['AA==', 'AB=='] }] } }],
    [{ ...item, l: { L: [{ NS: ['2', '1'] }, { BS: ['AA==', 'AC=='] }] } }],
    [undefined],
  ])('differ if an attribute differs: %j', (other) => {
    expect(isSameItem(item, other)).toBe(false);
    expect(isSameItem(other, item)).toBe(false);
  });
});
