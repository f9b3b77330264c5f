import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Admission } from '../../../src/application/source-access/admission.ts';
import { watch } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const limits = { slots: 2, waiting: 2, maxWaitMs: 1_000 };

describe('Admission', () => {
  it('gives out free slots at once, and makes the next call wait', async () => {
    const clock = new FakeClock();
    const admission = new Admission(limits, clock);
    await admission.enter();
    await admission.enter();
    const third = watch(admission.enter());

    await clock.advance(0);
    expect(third.state()).toBe('pending');
    admission.leave();
    await clock.advance(0);
    expect(third.state()).toBe('resolved');
  });

  it('admits calls first come, first served', async () => {
    const clock = new FakeClock();
    const admission = new Admission({ ...limits, slots: 1 }, clock);
    const admitted: number[] = [];
    await admission.enter();
    void admission.enter().then(() => admitted.push(1));
    void admission.enter().then(() => admitted.push(2));

    admission.leave();
    await clock.advance(0);
    expect(admitted).toEqual([1]);
    admission.leave();
    await clock.advance(0);
    expect(admitted).toEqual([1, 2]);
  });

  it('lets no new call overtake waiting calls', async () => {
    const clock = new FakeClock();
    const admission = new Admission({ ...limits, slots: 1 }, clock);
    await admission.enter();
    const first = watch(admission.enter());
    admission.leave();
    const second = watch(admission.enter());

    await clock.advance(0);
    expect([first.state(), second.state()]).toEqual(['resolved', 'pending']);
  });

  it('rejects a call at once if too many calls wait', async () => {
    const admission = new Admission(limits, new FakeClock());
    for (let index = 0; index < 4; index += 1) void admission.enter();

    await expect(admission.enter()).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterMs: 1_000,
      message: 'too many reads wait for the source: retry after a second, or raise the limit of reads',
    });
  });

  it.each([
    ['its own bound', 300, 300],
    ['the bound for all', 5_000, 1_000],
  ])('lets no call wait longer than %s', async (_, maxWaitMs, endsAfterMs) => {
    const clock = new FakeClock();
    const admission = new Admission({ ...limits, slots: 0 }, clock);
    const waiting = watch(admission.enter(undefined, maxWaitMs));
    await clock.advance(endsAfterMs - 1);
    expect(waiting.state()).toBe('pending');

    await clock.advance(1);
    expect(waiting.state()).toBe('rejected');
  });

  it('rejects a call that has waited too long, and frees its place', async () => {
    const clock = new FakeClock();
    const admission = new Admission({ slots: 1, waiting: 1, maxWaitMs: 1_000 }, clock);
    await admission.enter();
    const waited = expect(admission.enter()).rejects.toMatchObject({ code: 'overloaded' });
    await clock.advance(1_000);
    await waited;

    const next = watch(admission.enter());
    admission.leave();
    await clock.advance(0);
    expect(next.state()).toBe('resolved');
  });

  it('does not count a freeze as waiting time', async () => {
    const clock = new FakeClock();
    const admission = new Admission({ slots: 1, waiting: 1, maxWaitMs: 1_000 }, clock);
    await admission.enter();
    const second = watch(admission.enter());
    clock.freeze(60_000);
    await clock.advance(999);
    expect(second.state()).toBe('pending');
    admission.leave();
    await clock.advance(0);

    expect(second.state()).toBe('resolved');
    expect(clock.pendingTasks).toBe(0);
  });

  it('frees its slots again, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    const admission = new Admission({ slots: 1, waiting: 1, maxWaitMs: 1_000 }, clock);
    await admission.enter();
    const second = admission.enter();
    admission.leave();
    await second;
    admission.leave();

    await admission.enter();
    expect(clock.pendingTasks).toBe(0);
  });

  it('removes an aborted call from the queue at once', async () => {
    const clock = new FakeClock();
    const admission = new Admission({ slots: 1, waiting: 1, maxWaitMs: 1_000 }, clock);
    const abort = new AbortController();
    await admission.enter();
    const givenUp = expect(admission.enter(abort.signal)).rejects.toBe('enough');
    abort.abort('enough');
    await givenUp;
    const next = watch(admission.enter());
    admission.leave();

    await clock.advance(0);
    expect(next.state()).toBe('resolved');
    expect(clock.pendingTasks).toBe(0);
  });

  it('removes its listener from the signal of an admitted call', async () => {
    const admission = new Admission({ ...limits, slots: 1 }, new FakeClock());
    const { signal } = new AbortController();
    await admission.enter(signal);
    const second = admission.enter(signal);
    admission.leave();
    await second;

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not admit a call whose signal is already aborted', async () => {
    const admission = new Admission({ slots: 1, waiting: 1, maxWaitMs: 1_000 }, new FakeClock());

    await expect(admission.enter(AbortSignal.abort('enough'))).rejects.toBe('enough');
    await admission.enter();
  });
});
