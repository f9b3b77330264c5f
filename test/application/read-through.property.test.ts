import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Simulation, step } from '../support/application/simulation.ts';

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
      { numRuns: 250 },
    );
  }, 60_000);
});
