import { describe, expect, it } from '@jest/globals';
import { entryCost, MIN_ENTRY_COST } from '../../../src/adapters/memory/entry-record.ts';
import { absenceOf, itemOf, keyOf } from '../../contracts/cache-store-samples.ts';

describe('entryCost', () => {
  it('counts every byte of a body', () => {
    const key = keyOf('a');

    expect(entryCost(itemOf(key, 1350)) - entryCost(itemOf(key, 350))).toBe(1000);
  });

  it('counts every body', () => {
    const one = itemOf(keyOf('a'), 350);
    const two = { ...one, bodies: [...one.bodies, ...one.bodies] };

    expect(entryCost(two) - entryCost(one)).toBe(entryCost(one) - entryCost(absenceOf(keyOf('a'))));
  });

  it('counts the key, group and id', () => {
    const short = entryCost(absenceOf(keyOf('a', 'T')));

    expect(entryCost(absenceOf(keyOf('abc', 'T')))).toBeGreaterThan(short);
    expect(entryCost(absenceOf(keyOf('a', 'Table')))).toBeGreaterThan(short);
  });

  it('costs at least something for the smallest of entries', () => {
    expect(entryCost(absenceOf(keyOf('', 'T')))).toBeGreaterThanOrEqual(MIN_ENTRY_COST);
    expect(MIN_ENTRY_COST).toBeGreaterThan(0);
  });

  it('estimates an item of 350 bytes close to the measurement', () => {
    const cost = entryCost(itemOf(keyOf('S'.padEnd(26, 'k')), 350));

    expect(cost).toBeGreaterThan(600);
    expect(cost).toBeLessThan(720);
  });
});
