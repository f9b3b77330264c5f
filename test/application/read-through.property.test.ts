import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Simulation, step } from '../support/application/simulation.ts';

/** A planted fault ends the run where it shows, so that many more runs cost nothing. */
const RUNS = process.env.CACHE_TEST_PLANTED === '1' ? 4_000 : 250;

describe('reading through the cache, under random events', () => {
  it('keeps the rules of a read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const simulation = new Simulation();
        for (const each of steps) {
          const passing = simulation.take(each);
          if (passing !== undefined) await passing;
        }
        await simulation.end();

        expect(simulation.faults).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});
