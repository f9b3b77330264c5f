import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '../support/fakes/fake-clock.ts';

describe('FakeClock', () => {
  it('starts at a fixed date and stands still', () => {
    expect(new Date(new FakeClock().now()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });

  it('lets promises settle between tasks, and shows each task its own time', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    for (const delayMs of [10, 20]) {
      clock.after(delayMs, () => {
        seen.push(`task at ${clock.monotonic()}`);
        Promise.resolve().then(() => seen.push(`promise at ${clock.monotonic()}`));
      });
    }
    await clock.advance(30);

    expect(seen).toEqual(['task at 10', 'promise at 10', 'task at 20', 'promise at 20']);
    expect(clock.monotonic()).toBe(30);
    expect(clock.now()).toBe(FakeClock.START + 30);
  });

  it('runs a task that another task asks for, if it falls due within the same advance', async () => {
    const clock = new FakeClock();
    const ran: number[] = [];
    clock.after(10, () => clock.after(10, () => ran.push(clock.monotonic())));
    await clock.advance(20);

    expect(ran).toEqual([20]);
    expect(clock.pendingTasks).toBe(0);
  });

  it('steps the wall clock alone', () => {
    const clock = new FakeClock();
    clock.setWall(1_000);

    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
  });

  it('runs tasks late that fell due in a freeze', async () => {
    const clock = new FakeClock();
    const ran: number[] = [];
    clock.after(10, () => ran.push(clock.monotonic()));
    clock.freeze(1_000);
    const during = [...ran];
    await clock.advance(0);

    expect(during).toEqual([]);
    expect(ran).toEqual([1_000]);
  });
});
