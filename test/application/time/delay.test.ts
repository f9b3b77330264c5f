import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { delay, nextTurn } from '../../../src/application/time/timers.ts';
import { watch } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

describe('pause', () => {
  it('resolves after the delay and not before', async () => {
    const clock = new FakeClock();
    const waiting = watch(delay(clock, 100));

    await clock.advance(99);
    expect(waiting.state()).toBe('pending');
    await clock.advance(1);
    expect(waiting.state()).toBe('resolved');
  });

  it('resolves at once when its signal is aborted, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const paused = delay(clock, 100, abort.signal);
    abort.abort();

    await paused;
    expect(clock.pendingTasks).toBe(0);
  });

  it('resolves at once if its signal is already aborted', async () => {
    const clock = new FakeClock();

    await delay(clock, 100, AbortSignal.abort());
    expect(clock.pendingTasks).toBe(0);
  });

  it('removes its listener from the signal when it has ended', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const paused = delay(clock, 100, signal);
    await clock.advance(100);
    await paused;

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('nextTurn', () => {
  it('is told by a clock that knows when a turn ends, which costs no timer', async () => {
    const ends: (() => void)[] = [];
    const clock = Object.assign(new FakeClock(), { afterTurn: (task: () => void) => void ends.push(task) });
    const waiting = watch(nextTurn(clock));
    await clock.advance(0);
    expect([waiting.state(), clock.pendingTasks]).toEqual(['pending', 0]);
    for (const end of ends) end();
    await clock.advance(0);

    expect(waiting.state()).toBe('resolved');
  });
});
