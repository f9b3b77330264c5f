import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { confidenceInterval, isSampled, type Sample } from '../../scripts/mutation/sample.mjs';

const MUTANTS = 4_000;
const percents = fc.double({ min: 0.1, max: 100, noNaN: true });
const seeds = fc.nat();
const sizeOf = (sample: Sample): number =>
  Array.from({ length: MUTANTS }, (_, id) => String(id)).filter((id) => isSampled(sample, id)).length;

describe('a sample of mutants', () => {
  it('has about the asked percentage of them', () => {
    fc.assert(
      fc.property(seeds, percents, (seed, percent) => {
        const share = percent / 100;
        const deviation = Math.sqrt(MUTANTS * share * (1 - share));

        // Beyond six standard deviations lies one sample of 500 million.
        expect(Math.abs(sizeOf({ seed, percent }) - MUTANTS * share)).toBeLessThanOrEqual(6 * deviation + 1);
      }),
      { numRuns: 10 },
    );
  });

  it('has each mutant equally often in the long run', () => {
    fc.assert(
      fc.property(fc.nat(10_000), seeds, (id, first) => {
        const chosen = Array.from({ length: 2_000 }, (_, more) => first + more).filter((seed) =>
          isSampled({ seed, percent: 25 }, String(id)),
        );

        // 500 are expected, with a standard deviation of 19.
        expect(Math.abs(chosen.length - 500)).toBeLessThan(6 * 19.4);
      }),
      { numRuns: 10 },
    );
  });

  it('has the same mutants for the same seed, and keeps them when it is larger', () => {
    fc.assert(
      fc.property(seeds, fc.tuple(percents, percents), fc.nat(), (seed, [one, other], id) => {
        const [percent, larger] = [Math.min(one, other), Math.max(one, other)];
        const isIn = isSampled({ seed, percent }, String(id));

        expect(isSampled({ seed, percent }, String(id))).toBe(isIn);
        expect(isIn && !isSampled({ seed, percent: larger }, String(id))).toBe(false);
      }),
    );
  });

  it('has all mutants at 100 %', () => {
    expect(sizeOf({ seed: 'any', percent: 100 })).toBe(MUTANTS);
  });
});

describe('the confidence interval of a score', () => {
  it.each([
    // As in tables of Wilson's interval.
    [0, 10, 0, 27.75],
    [5, 10, 23.66, 76.34],
    [10, 10, 72.25, 100],
    [970, 1_000, 95.75, 97.89],
  ])('of %d among %d is from %d to %d %%', (killed, total, least, most) => {
    const [low, high] = confidenceInterval(killed, total);

    expect(low).toBeCloseTo(least, 2);
    expect(high).toBeCloseTo(most, 2);
  });

  it('contains the score, and lies between 0 and 100 %', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), (killed, survived) => {
        const total = killed + survived;
        const [low, high] = confidenceInterval(killed, total);

        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual((100 * killed) / total + 1e-9);
        expect(high).toBeGreaterThanOrEqual((100 * killed) / total);
        expect(high).toBeLessThanOrEqual(100);
      }),
    );
  });
});
