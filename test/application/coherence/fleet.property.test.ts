import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simulateFleet } from '../../support/fleet/simulation.ts';

/** A planted fault ends the run where it shows, so that many more worlds cost nothing. */
const USUAL_WORLDS = process.env.CACHE_TEST_PLANTED === '1' ? 5_000 : 200;
const WORLDS = Number(process.env.FLEET_WORLDS ?? USUAL_WORLDS);

describe('environments that share a table and a journal', () => {
  it(
    'see a write as soon as its coherence promises, and check the journal no more often than that needs',
    async () => {
      const sum = { reads: 0, hits: 0, checks: 0, shared: 0, unproved: 0 };
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const { faults, reads, hits, checks, shared, unproved } = await simulateFleet(seed);
          sum.reads += reads;
          sum.hits += hits;
          sum.checks += checks;
          sum.shared += shared;
          sum.unproved += unproved;

          expect(faults.slice(0, 5)).toEqual([]);
        }),
        { numRuns: WORLDS, endOnFailure: true },
      );

      expect(sum.reads).toBeGreaterThan(20 * WORLDS);
      expect(sum.hits).toBeGreaterThan(WORLDS);
      expect(sum.checks).toBeGreaterThan(WORLDS);
      expect(sum.shared).toBeGreaterThan(WORLDS / 10);
      expect(sum.unproved).toBeGreaterThan(WORLDS / 10);
    },
    Math.max(120_000, WORLDS * 1_000),
  );
});
