import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simulateReadYourWrites } from '../../support/read-your-writes/simulation.ts';

/** A planted fault ends the run where it shows, so that many more operations cost nothing. */
const USUAL_OPERATIONS = process.env.CACHE_TEST_PLANTED === '1' ? 50_000 : 5_000;
const OPERATIONS = Number(process.env.READ_YOUR_WRITES_OPERATIONS ?? USUAL_OPERATIONS);
/** Operations of one simulation. */
const LENGTH = 5_000;

describe('concurrent reads and writes through the endpoint, with eventually consistent reads that lag', () => {
  it.each([
    ['clocks that are right', false],
    ['clocks that step by up to two minutes', true],
  ])(
    'with %s, never returns an item older than a write acknowledged before the read began, and loses no write',
    async (_, stepsClocks) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const { faults, hits, reads, writes } = await simulateReadYourWrites(seed, LENGTH, {
            stepsClocks,
          });

          expect(faults.slice(0, 5)).toEqual([]);
          expect(reads).toBeGreaterThan(LENGTH / 2);
          expect(writes).toBeGreaterThan(LENGTH / 8);
          // Entries expire whenever the clock steps forward.
          expect(hits).toBeGreaterThan(LENGTH / (stepsClocks ? 100 : 20));
        }),
        { numRuns: Math.max(1, Math.round(OPERATIONS / LENGTH)), endOnFailure: true },
      );
    },
    Math.max(120_000, OPERATIONS * 2),
  );
});
