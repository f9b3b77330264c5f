import { describe, expect, it } from '@jest/globals';
import { RetryingCalls } from '../../../src/application/source-access/retrying-calls.ts';
import {
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';
import {
  keyOf,
  PLAIN,
  refused,
  throttled,
  unavailable,
  watch,
} from '../../support/application/create-application.ts';
import { createSourceCalls } from '../../support/application/create-source-calls.ts';
import { FakeItemSource } from '../../support/fakes/fake-item-source.ts';
import { FixedRandom } from '../../support/fakes/fixed-random.ts';

/** With this, every delay is the longest that is possible. */
const LONGEST = new FixedRandom(0);

const createCalls = () => {
  const { calls, clock } = createSourceCalls();
  const source = new FakeItemSource(clock);
  const retryingCalls = new RetryingCalls(calls, clock, LONGEST);
  const make = (signal?: AbortSignal) =>
    retryingCalls.call({
      group: 'Products',
      ask: (callSignal) => source.read(keyOf('k'), { contentTypes: [PLAIN], signal: callSignal }),
      onAnswer: () => 'landed',
      ...(signal === undefined ? {} : { signal }),
    });
  return { make, clock, source };
};

describe('RetryingCalls', () => {
  it('retries a call after a transient failure, with a delay', async () => {
    const { make, clock, source } = createCalls();
    source.failNext(unavailable());
    const result = make();
    await clock.advance(49);
    expect(source.calls).toHaveLength(1);
    await clock.advance(1);

    await expect(result).resolves.toBe('landed');
    expect(source.calls).toHaveLength(2);
  });

  it('fails after the third transient failure', async () => {
    const { make, clock, source } = createCalls();
    source.failWith(unavailable());
    const ended = expect(make()).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await clock.advance(10_000);

    await ended;
    expect(source.calls).toHaveLength(3);
  });

  it('fails after the third transient failure also if the source names a time for the retry', async () => {
    const { make, clock, source } = createCalls();
    source.failWith(new SourceUnavailableError('busy', { retryAfterMs: 10 }));
    const ended = expect(make()).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await clock.advance(10_000);

    await ended;
    expect(source.calls).toHaveLength(3);
  });

  it('retries throttled calls until the call is abandoned, with delays of at most a second', async () => {
    const { make, clock, source } = createCalls();
    source.failWith(throttled());
    const abort = new AbortController();
    const ended = expect(make(abort.signal)).rejects.toBe('enough');
    await clock.advance(10_000);
    const asked = source.calls.length;
    expect(asked).toBeGreaterThan(10);
    await clock.advance(1_000);
    expect(source.calls).toHaveLength(asked + 1);

    abort.abort('enough');
    await ended;
    expect(clock.pendingTasks).toBe(0);
  });

  it('retries as often as the source is not asked, after the given delay', async () => {
    const { calls, clock } = createSourceCalls({ slots: 1, waiting: 0 });
    const hanging = async () => {
      for (let count = 0; count < 2; count += 1) {
        await calls
          .call({
            group: 'Products',
            ask: () => new Promise<string>(() => undefined),
            onAnswer: () => 'never',
          })
          .catch(() => undefined);
      }
    };
    void hanging();
    const result = new RetryingCalls(calls, clock, LONGEST).call({
      group: 'Products',
      ask: async () => 'item',
      onAnswer: (answer) => answer,
    });
    const state = watch(result);
    await clock.advance(3_999);
    expect(state.state()).toBe('pending');
    await clock.advance(1_001);

    await expect(result).resolves.toBe('item');
  });

  it('retries after the delay of the error instead of its own', async () => {
    const { calls, clock } = createSourceCalls({ slots: 1, waiting: 0 });
    void calls
      .call({ group: 'Products', ask: () => new Promise<string>(() => undefined), onAnswer: () => 'never' })
      .catch(() => undefined);
    const asked: number[] = [];
    const result = new RetryingCalls(calls, clock, LONGEST).call({
      group: 'Products',
      ask: async () => asked.push(clock.monotonic()),
      onAnswer: () => 'landed',
    });
    await clock.advance(3_000);

    await expect(result).resolves.toBe('landed');
    expect(asked).toEqual([2_000]);
  });

  it('uses its own delay after throttling, whatever delay the error names', async () => {
    const { make, clock, source } = createCalls();
    source.failNext(new SourceThrottledError('too many reads', { retryAfterMs: 5_000 }));
    const result = make();
    await clock.advance(50);

    await expect(result).resolves.toBe('landed');
  });

  it.each([refused(), new SourceRefusedError('not now', { retryAfterMs: 10 }), new TypeError('a defect')])(
    'rejects at once with an error that is not transient: %s',
    async (error) => {
      const { make, source } = createCalls();
      source.failWith(error);

      await expect(make()).rejects.toBe(error);
      expect(source.calls).toHaveLength(1);
    },
  );

  it('retries a call that was frozen', async () => {
    const { make, clock, source } = createCalls();
    source.hold();
    const result = make();
    await clock.advance(0);
    clock.freeze(60_000);
    source.hold().open();
    await clock.advance(50);

    await expect(result).resolves.toBe('landed');
  });

  it('doubles the delay with each attempt, up to one second', async () => {
    const { calls, clock } = createSourceCalls();
    const retryingCalls = new RetryingCalls(calls, clock, LONGEST);
    const paused: number[] = [];
    for (const attempts of [1, 2, 3, 5, 6, 100]) {
      const begunAt = clock.monotonic();
      void retryingCalls.waitBefore(attempts).then(() => paused.push(clock.monotonic() - begunAt));
      await clock.advance(2_000);
    }

    expect(paused).toEqual([50, 100, 200, 800, 1_000, 1_000]);
  });

  it('draws each delay between zero and the longest one', async () => {
    const { calls, clock } = createSourceCalls();
    const retryingCalls = new RetryingCalls(calls, clock, new FixedRandom(0.5, 0.75, 0.98));
    const paused: number[] = [];
    for (const attempts of [1, 2, 100]) {
      const begunAt = clock.monotonic();
      void retryingCalls.waitBefore(attempts).then(() => paused.push(clock.monotonic() - begunAt));
      await clock.advance(1_000);
    }

    expect(paused.map(Math.round)).toEqual([25, 25, 20]);
  });

  it('draws the delay of each retry anew', async () => {
    const { calls, clock } = createSourceCalls();
    const asked: number[] = [];
    const result = new RetryingCalls(calls, clock, new FixedRandom(0.5, 0.75)).call({
      group: 'Products',
      ask: async () => {
        asked.push(clock.monotonic());
        if (asked.length < 4) throw throttled();
        return 'item';
      },
      onAnswer: (answer) => answer,
    });
    await clock.advance(1_000);

    await expect(result).resolves.toBe('item');
    expect(asked).toEqual([0, 25, 50, 150]);
  });

  it('ends a delay at once when its signal is aborted', async () => {
    const { calls, clock } = createSourceCalls();
    const abort = new AbortController();
    const paused = new RetryingCalls(calls, clock, LONGEST).waitBefore(1, abort.signal);
    abort.abort();

    await paused;
    expect(clock.pendingTasks).toBe(0);
  });
});
