import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Play } from '../support/application/play.ts';
import { step } from '../support/application/play-step.ts';

describe('reading through the cache, whatever happens', () => {
  it('keeps the rules of a read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const play = new Play();
        for (const each of steps) {
          const passing = play.take(each);
          if (passing !== undefined) await passing;
        }
        await play.end();

        expect(play.faults).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);
});
