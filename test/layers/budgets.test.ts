import { describe, expect, it } from '@jest/globals';
import { excesses } from '../../scripts/layers/budgets.mjs';

const budget = { zippedBytes: 10, unpackedBytes: 100 };

describe('the budget of a layer', () => {
  it('says what is too much of it, and how much there may be', () => {
    expect(excesses('node', { zippedBytes: 11, unpackedBytes: 101 }, budget)).toEqual([
      'node: 11 zippedBytes, of which layers/budgets.json allows 10 at most',
      'node: 101 unpackedBytes, of which layers/budgets.json allows 100 at most',
    ]);
  });

  it('may be used up', () => {
    expect(excesses('node', budget, budget)).toEqual([]);
  });

  it.each([
    ['node', 400_000, 1_500_000],
    ['standalone-x86_64', 60_000_000, 125_000_000],
    ['standalone-arm64', 60_000_000, 125_000_000],
  ])('of %s is no larger than it was meant to be', (name, zippedBytes, unpackedBytes) => {
    expect(excesses(name, { zippedBytes: zippedBytes + 1, unpackedBytes: unpackedBytes + 1 })).toHaveLength(
      2,
    );
  });
});
