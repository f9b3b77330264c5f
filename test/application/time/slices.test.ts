import { describe, expect, it } from '@jest/globals';
import { runInSlices } from '../../../src/application/time/timers.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

describe('runInSlices', () => {
  it('lets other work run after every 5 ms, and returns what the work returns', async () => {
    const clock = new FakeClock();
    let steps = 0;
    function* work(): Generator<undefined, string> {
      for (; steps < 5; steps += 1) {
        clock.freeze(2.5);
        yield;
      }
      return 'done';
    }
    const running = runInSlices(work(), clock);
    // The second step has not ended: it waits for its turn.
    expect(steps).toBe(1);
    await clock.advance(0);
    expect(steps).toBe(3);
    await clock.advance(0);
    expect(await running).toBe('done');
    expect(clock.pendingTasks).toBe(0);
  });
});
