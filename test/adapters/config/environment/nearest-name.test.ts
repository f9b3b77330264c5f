import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearestName } from '../../../../src/adapters/config/environment/unknown-variables.ts';

const NAMES = ['table', 'name', 'hashKey', 'hashKeyType', 'ttl', 'staleIfError'];

describe('nearestName', () => {
  it.each([
    ['tabel', 'table'],
    ['names', 'name'],
    ['nmae', 'name'],
    ['tlt', 'ttl'],
    ['hash_key', 'hashKey'],
    ['HASHKEYTYP', 'hashKeyType'],
    ['tl', 'ttl'],
    ['staleOnError', 'staleIfError'],
    ['region', undefined],
    ['', undefined],
    ['x'.repeat(1_000_000), undefined],
  ])('corrects %.20s to %s', (given, name) => {
    expect(nearestName(given, NAMES)).toBe(name);
  });

  it('finds every name that is written in another letter case or lacks a letter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.nat(), (name, at) => {
        const position = at % name.length;
        expect(nearestName(name.toUpperCase(), NAMES)).toBe(name);
        expect(nearestName(name.slice(0, position) + name.slice(position + 1), NAMES)).toBe(name);
      }),
    );
  });
});
