import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseGoBool } from '../../../src/domain/cache/go-values.ts';

interface Vector {
  readonly input: string;
  readonly value: boolean | null;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/go-bool.json', import.meta.url), 'utf8'),
);
const accepted = new Set(vectors.filter(({ value }) => value !== null).map(({ input }) => input));
const refusal = new RangeError('allowed: one of 1, t, T, true, TRUE, True, 0, f, F, false, FALSE, False');

describe('parseGoBool', () => {
  it.each(vectors.filter(({ value }) => value !== null))('reads $input as $value', ({ input, value }) => {
    expect(parseGoBool(input)).toBe(value);
  });

  it.each(vectors.filter(({ value }) => value === null))('refuses "$input"', ({ input }) => {
    expect(() => parseGoBool(input)).toThrow(refusal);
  });

  it('refuses whatever Go does not read', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), (input) => {
        fc.pre(!accepted.has(input));
        expect(() => parseGoBool(input)).toThrow(refusal);
      }),
    );
  });
});
