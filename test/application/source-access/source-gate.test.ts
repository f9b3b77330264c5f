import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { SourceGate } from '../../../src/application/source-access/source-gate.ts';
import { watch } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

interface Options {
  readonly isOpen?: boolean;
  readonly dropConnections?: () => void;
}

const create = ({ isOpen = false, ...source }: Options = {}) => {
  const clock = new FakeClock();
  return { clock, gate: new SourceGate(isOpen, [source], clock) };
};

describe('SourceGate', () => {
  it('passes calls at once while it is open', async () => {
    const { clock, gate } = create({ isOpen: true });
    await gate.pass(2_000);

    expect(clock.pendingTasks).toBe(0);
  });

  it('delays calls until it opens, and passes them in order', async () => {
    const { clock, gate } = create();
    const through: number[] = [];
    for (const n of [1, 2, 3]) void gate.pass(2_000).then(() => through.push(n));
    await clock.advance(249);
    expect(through).toEqual([]);
    gate.open();
    await clock.advance(0);

    expect(through).toEqual([1, 2, 3]);
    expect(gate.isOpen).toBe(true);
    expect(clock.pendingTasks).toBe(0);
  });

  it.each([
    ['250 ms, long before its time-out', 2_000, 250],
    ['its time-out, if that is shorter', 100, 100],
  ])('rejects a call after %s, with a failure that asks for no retry', async (_, timeoutMs, waitMs) => {
    const { clock, gate } = create();
    const passing = gate.pass(timeoutMs);
    const watched = watch(passing);
    await clock.advance(waitMs - 1);
    expect(watched.state()).toBe('pending');
    const ended = expect(passing).rejects.toMatchObject({
      code: 'upstream_unavailable',
      lostContact: false,
      retryAfterMs: undefined,
      message:
        'under SnapStart, the extension reads no values before the first invocation: read in the handler, not during the initialization or in a restore hook',
    });
    await clock.advance(1);

    await ended;
    expect(clock.pendingTasks).toBe(0);
  });

  it('passes a call whose time ends in the turn in which the event arrives', async () => {
    const { clock, gate } = create();
    const passing = watch(gate.pass(2_000));
    clock.after(250, () => gate.open());
    await clock.advance(250);

    expect(passing.state()).toBe('resolved');
  });

  it('does not count a freeze as waiting', async () => {
    const { clock, gate } = create();
    const passing = watch(gate.pass(2_000));
    clock.freeze(86_400_000);
    await clock.advance(0);
    expect(passing.state()).toBe('pending');
    gate.open();
    await clock.advance(0);

    expect(passing.state()).toBe('resolved');
  });

  it('rejects an aborted call at once, with the reason of its signal', async () => {
    const { clock, gate } = create();
    const abort = new AbortController();
    const passing = gate.pass(2_000, abort.signal);
    abort.abort(new Error('given up'));

    await expect(passing).rejects.toThrow('given up');
    await expect(gate.pass(2_000, abort.signal)).rejects.toThrow('given up');
    expect(clock.pendingTasks).toBe(0);
  });

  it('removes its listener from the signal of a passed call', async () => {
    const { gate } = create();
    const { signal } = new AbortController();
    const passing = gate.pass(2_000, signal);
    gate.open();
    await passing;

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('drops old connections once, before any call passes', async () => {
    const journal: string[] = [];
    const { clock, gate } = create({ dropConnections: () => void journal.push('dropped') });
    void gate.pass(2_000).then(() => journal.push('passed'));
    gate.open();
    gate.open();
    await clock.advance(0);

    expect(journal).toEqual(['dropped', 'passed']);
  });

  it('drops the connections of upstreams that were added later', () => {
    const { gate } = create();
    let dropped = 0;
    gate.add({
      dropConnections: () => {
        dropped += 1;
      },
    });
    gate.open();

    expect(dropped).toBe(1);
  });

  it('opens even if the connections cannot be dropped', async () => {
    const { clock, gate } = create({
      dropConnections: () => {
        throw new TypeError('a defect');
      },
    });
    const passing = watch(gate.pass(2_000));
    expect(() => gate.open()).toThrow('a defect');
    await clock.advance(0);

    expect(passing.state()).toBe('resolved');
    expect(gate.isOpen).toBe(true);
  });

  it('drops the connections of each source, and lets calls through, even if one source fails to', async () => {
    const clock = new FakeClock();
    const dropped: string[] = [];
    const failing = {
      dropConnections: () => {
        throw new TypeError('a defect');
      },
    };
    const gate = new SourceGate(false, [failing, { dropConnections: () => dropped.push('second') }], clock);
    const passing = gate.pass(2_000);

    expect(() => gate.open()).toThrow('a defect');
    await passing;
    expect(dropped).toEqual(['second']);
  });
});
