import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunksOf } from '../../../src/application/time/slices.ts';

describe('chunksOf', () => {
  it('splits a list in order into pieces of the given size, and a shorter last one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 9 }), (list, size) => {
        const chunks = chunksOf(list, size);

        expect(chunks.flat()).toEqual(list);
        for (const chunk of chunks.slice(0, -1)) expect(chunk).toHaveLength(size);
        expect(chunks.every(({ length }) => length > 0 && length <= size)).toBe(true);
      }),
    );
  });
});
