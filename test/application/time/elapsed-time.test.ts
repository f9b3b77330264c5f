import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SystemClock } from '../../../src/adapters/system/system.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const withTime = () => {
  const clock = new FakeClock();
  return { clock, time: new ElapsedTime(clock) };
};

describe('ElapsedTime', () => {
  it('starts at zero and advances with both clocks, also through a freeze', async () => {
    const { clock, time } = withTime();

    expect(time.now()).toBe(0);
    await clock.advance(1_500);
    expect(time.now()).toBe(1_500);
    clock.freeze(300_000);
    expect(time.now()).toBe(301_500);
  });

  it.each([60_000, -60_000])('does not count a step of the wall clock by %i ms', (ms) => {
    const { clock, time } = withTime();
    clock.freeze(5_000);
    clock.setWall(clock.now() + ms);

    const atStep = time.now();
    clock.freeze(1_000);
    expect(time.now() - atStep).toBe(1_000);
    expect(time.now()).toBeLessThanOrEqual(6_000);
  });

  it.each([60_000, -60_000])('does not count a step of the monotonic clock by %i ms', (ms) => {
    const { clock, time } = withTime();
    clock.freeze(5_000);
    clock.stepMonotonic(ms);

    const atStep = time.now();
    clock.freeze(1_000);
    expect(time.now() - atStep).toBe(1_000);
    expect(time.now()).toBeLessThanOrEqual(6_000);
  });

  it('advances correctly when read more often than the wall clock ticks', () => {
    const clock = new FakeClock();
    let microseconds = 0;
    const fine = {
      now: () => Math.floor(microseconds / 1_000),
      monotonic: () => microseconds / 1_000,
      after: clock.after,
    };
    const time = new ElapsedTime(fine);
    for (; microseconds < 1_000_000; microseconds += 150) time.now();

    expect(time.now()).toBeGreaterThan(998);
  });

  it('advances with the clocks of the system', () => {
    const clock = new SystemClock();
    const begun = clock.monotonic();
    const time = new ElapsedTime(clock);
    while (clock.monotonic() - begun < 30) time.now();

    expect(time.now()).toBeGreaterThan(15);
    expect(time.now()).toBeLessThanOrEqual(clock.monotonic() - begun + 1);
  });

  it('never decreases and never exceeds the real elapsed time, whichever clock is stepped', () => {
    const move = fc.record({
      passMs: fc.integer({ min: 0, max: 5_000 }),
      stepMs: fc.integer({ min: -100_000, max: 100_000 }),
      which: fc.constantFrom('wall', 'monotonic', 'none'),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 20 }), (moves) => {
        const { clock, time } = withTime();
        let last = 0;
        for (const { passMs, stepMs, which } of moves) {
          clock.freeze(passMs);
          if (which === 'wall') clock.setWall(clock.now() + stepMs);
          if (which === 'monotonic') clock.stepMonotonic(stepMs);
          const now = time.now();
          expect(now).toBeGreaterThanOrEqual(last);
          expect(now - last).toBeLessThanOrEqual(passMs + 2);
          last = now;
        }
      }),
    );
  });
});
