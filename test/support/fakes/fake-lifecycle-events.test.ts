import { describe, expect, it } from '@jest/globals';
import { FakeLifecycleEvents } from './fake-lifecycle-events.ts';

describe('FakeLifecycleEvents', () => {
  it('opens a barrier when next has been called often enough', async () => {
    const events = new FakeLifecycleEvents();
    const seen: number[] = [];
    const twice = events.whenAsked(2).then(() => seen.push(events.asked));
    events.next();
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
    events.next();
    await twice;
    expect(seen).toEqual([2]);
  });

  it('opens a barrier when an init error is reported', async () => {
    const events = new FakeLifecycleEvents();
    const reported = events.whenInitErrorReported();
    await events.reportInitError(new Error('wrong'));
    await reported;
    expect(events.initErrors).toEqual([new Error('wrong')]);
  });

  it('fails the call that waits, or the coming one', async () => {
    const events = new FakeLifecycleEvents();
    const waiting = events.next();
    events.fail(new Error('first'));
    events.fail(new Error('second'));
    await expect(waiting).rejects.toThrow('first');
    await expect(events.next()).rejects.toThrow('second');
  });

  it('gives what was said ahead, in order', async () => {
    const events = new FakeLifecycleEvents();
    events.invoke(5);
    events.shutdown('failure');
    expect(await events.next()).toEqual({ type: 'invoke', deadlineMs: 5 });
    expect(await events.next()).toEqual({ type: 'shutdown', reason: 'failure' });
  });
});
