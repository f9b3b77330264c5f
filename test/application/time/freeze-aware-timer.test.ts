import { describe, expect, it } from '@jest/globals';
import { freezeAwareTimer } from '../../../src/application/time/timers.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const DELAY_MS = 2_000;

const start = () => {
  const clock = new FakeClock();
  const runs: number[] = [];
  const cancel = freezeAwareTimer(clock, DELAY_MS, () => runs.push(clock.monotonic()));
  return { clock, runs, cancel };
};

describe('freezeAwareTimer', () => {
  it('runs its task once, after the delay', async () => {
    const { clock, runs } = start();
    await clock.advance(1_999);
    expect(runs).toEqual([]);
    await clock.advance(10_000);

    expect(runs).toEqual([2_000]);
  });

  it('waits for the whole delay again after a freeze', async () => {
    const { clock, runs } = start();
    await clock.advance(1_000);
    clock.freeze(3_600_000);
    await clock.advance(1_999);
    expect(runs).toEqual([]);
    await clock.advance(1);

    expect(runs).toEqual([3_603_000]);
  });

  it('runs in time if it is late by at most half a second', async () => {
    const { clock, runs } = start();
    clock.freeze(2_500);
    await clock.advance(0);

    expect(runs).toEqual([2_500]);
  });

  it('stays cancelled, also after a freeze', async () => {
    const { clock, runs, cancel } = start();
    clock.freeze(10_000);
    await clock.advance(0);
    cancel();
    await clock.advance(10_000);

    expect(runs).toEqual([]);
    expect(clock.pendingTasks).toBe(0);
  });
});
