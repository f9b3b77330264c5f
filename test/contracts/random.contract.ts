import { describe, expect, it } from '@jest/globals';
import type { Random } from '../../src/ports/outbound/random.ts';

/** What every `Random` promises. */
export const describeRandom = (name: string, random: Random): void => {
  describe(`${name} as a Random`, () => {
    it('gives fractions from 0 up to, but not including, 1', () => {
      const fractions = Array.from({ length: 10_000 }, () => random.fraction());

      expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...fractions)).toBeLessThan(1);
    });
  });
};
