import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { SourceCall } from '../../../src/application/source-access/source-caller.ts';
import {
  keyOf,
  keysOf,
  refused,
  throttled,
  unreachable,
  watch,
} from '../../support/application/create-application.ts';
import { createSourceCalls } from '../../support/application/create-source-calls.ts';

const key = keyOf('k');

/** A call whose answer the test gives, and which keeps what it was told. */
class HandledCall implements SourceCall<string, string> {
  readonly group = 'Products';
  readonly signal?: AbortSignal;
  readonly landed: string[] = [];
  readonly failed: unknown[] = [];
  readonly orders: number[] = [];
  asked = 0;
  sourceSignal: AbortSignal | undefined;
  answer: (text: string) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;

  constructor(signal?: AbortSignal) {
    if (signal !== undefined) this.signal = signal;
  }

  /** Does not heed its signal. */
  ask(signal: AbortSignal): Promise<string> {
    this.asked += 1;
    this.sourceSignal = signal;
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.reject = reject;
    });
  }

  onAnswer(answer: string, order: number): string {
    this.landed.push(answer);
    this.orders.push(order);
    return `${answer}, landed`;
  }

  onFailure(error: unknown, order: number): void {
    this.failed.push(error);
    this.orders.push(order);
  }
}

describe('SourceCaller', () => {
  it('resolves with the result of onAnswer, and counts the call', async () => {
    const { calls, clock, statistics } = createSourceCalls();
    const call = new HandledCall();
    const result = calls.call(call);
    await clock.advance(0);
    call.answer('item');

    await expect(result).resolves.toBe('item, landed');
    expect(statistics).toMatchObject({ sourceReads: 1, sourceFailures: 0 });
    expect(clock.pendingTasks).toBe(0);
  });

  it('rejects with a failure after calling onFailure, and counts it', async () => {
    const { calls, clock, statistics } = createSourceCalls();
    const call = new HandledCall();
    const result = calls.call(call);
    await clock.advance(0);
    const error = refused();
    call.reject(error);

    await expect(result).rejects.toBe(error);
    expect(call.failed).toEqual([error]);
    expect(statistics).toMatchObject({ sourceReads: 1, sourceFailures: 1 });
  });

  it('gives every call an order in the fence until it has ended', async () => {
    const { calls, clock, fence } = createSourceCalls();
    const [first, second] = [new HandledCall(), new HandledCall()];
    void calls.call(first);
    await clock.advance(0);
    fence.invalidate(key);
    void calls.call(second);
    await clock.advance(0);
    second.answer('new');
    await clock.advance(0);
    first.answer('old');
    await clock.advance(0);

    expect(first.orders[0]).toBeLessThan(second.orders[0] ?? 0);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it.each(['answer', 'reject'] as const)('removes a call from the fence after its %s', async (end) => {
    const { calls, clock, fence } = createSourceCalls();
    const call = new HandledCall();
    void calls.call(call).catch(() => undefined);
    await clock.advance(0);
    call[end]('the end');
    await clock.advance(0);
    // If the call were still open, the fence would keep all these marks, exceed its limit and reject the next read.
    for (const each of keysOf(10_000)) fence.invalidate(each);
    const next = fence.begin();
    fence.invalidate(keyOf('other'));

    expect(fence.admits(key, next)).toBe(true);
  });

  it('ends a call at its time-out even if the source ignores its signal, and aborts that signal', async () => {
    const { calls, clock } = createSourceCalls();
    const call = new HandledCall();
    const result = calls.call(call);
    const ended = expect(result).rejects.toMatchObject({
      name: 'SourceTimeoutError',
      message: 'the source did not answer within 2000 ms',
    });
    const state = watch(result);
    await clock.advance(1_999);
    expect(state.state()).toBe('pending');
    expect(call.sourceSignal?.aborted).toBe(false);

    await clock.advance(1);
    await ended;
    expect(call.sourceSignal?.aborted).toBe(true);
    expect(call.failed).toHaveLength(1);
  });

  it.each(['answer', 'reject'] as const)('drops a late %s', async (end) => {
    const { calls, clock } = createSourceCalls();
    const call = new HandledCall();
    const ended = expect(calls.call(call)).rejects.toMatchObject({ code: 'upstream_timeout' });
    await clock.advance(2_000);
    await ended;
    call[end]('late');
    await clock.advance(0);

    expect(call.landed).toEqual([]);
    expect(call.failed).toHaveLength(1);
  });

  it('ends a call a tenth of a second before the deadline of the invocation', async () => {
    const { calls, clock, invocation } = createSourceCalls();
    invocation.begin(clock.now() + 599);
    const result = calls.call(new HandledCall());
    const ended = expect(result).rejects.toMatchObject({
      name: 'DeadlineExceededError',
      message: 'the invocation is about to end, and the source has not answered yet',
    });
    const state = watch(result);
    await clock.advance(498);
    expect(state.state()).toBe('pending');

    await clock.advance(1);
    await ended;
  });

  it('asks for a request that overtakes the event of its invocation when the one before is about to end', async () => {
    const { calls, clock, invocation } = createSourceCalls();
    invocation.begin(clock.now() + 100);
    const call = new HandledCall();
    clock.after(0, () => invocation.begin(clock.now() + 3_000));
    const result = calls.call(call);
    result.catch(() => undefined);
    await clock.advance(0);

    expect(call.asked).toBe(1);
    call.answer('item');
    await expect(result).resolves.toBeDefined();
  });

  it('makes queued calls first come, first served when all slots are taken', async () => {
    const { calls, clock } = createSourceCalls({ slots: 1 });
    const [first, second, third] = [new HandledCall(), new HandledCall(), new HandledCall()];
    for (const call of [first, second, third]) void calls.call(call);
    await clock.advance(0);
    expect([first, second, third].map(({ asked }) => asked)).toEqual([1, 0, 0]);

    first.answer('item');
    await clock.advance(0);
    expect([first, second, third].map(({ asked }) => asked)).toEqual([1, 1, 0]);
  });

  it('frees the slot of a call that failed or timed out', async () => {
    const { calls, clock } = createSourceCalls({ slots: 1, maxWaitMs: 10_000 });
    const [first, second, third] = [new HandledCall(), new HandledCall(), new HandledCall()];
    const ends = [first, second, third].map((call) => calls.call(call).catch(() => undefined));
    await clock.advance(0);
    first.reject(refused());
    await clock.advance(0);
    expect(second.asked).toBe(1);

    await clock.advance(2_000);
    expect(third.asked).toBe(1);
    third.answer('item');
    await Promise.all(ends);
  });

  it('is overloaded when too many calls wait, without asking', async () => {
    const { calls, clock, statistics } = createSourceCalls({ slots: 1, waiting: 1 });
    void calls.call(new HandledCall());
    void calls.call(new HandledCall());
    const tooMany = new HandledCall();

    await expect(calls.call(tooMany)).rejects.toMatchObject({ code: 'overloaded' });
    await clock.advance(0);
    expect(tooMany).toMatchObject({ asked: 0, failed: [] });
    expect(statistics.sourceReads).toBe(1);
  });

  it('makes one probe a second while the circuit of a group is open', async () => {
    const { calls, clock, breaker } = createSourceCalls();
    for (let count = 0; count < 3; count += 1) breaker.record('Products', clock.now(), unreachable());
    const call = new HandledCall();

    await expect(calls.call(call)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(call.asked).toBe(0);

    await clock.advance(1_000);
    const probe = new HandledCall();
    const probed = calls.call(probe);
    await expect(calls.call(call)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    probe.answer('item');
    await probed;
    expect(breaker.isOpen('Products')).toBe(false);
  });

  it('opens the circuit of a group after three time-outs in a row', async () => {
    const { calls, clock, breaker } = createSourceCalls();
    for (let count = 0; count < 3; count += 1) {
      expect(breaker.isOpen('Products')).toBe(false);
      const ended = expect(calls.call(new HandledCall())).rejects.toMatchObject({ code: 'upstream_timeout' });
      await clock.advance(2_000);
      await ended;
    }

    expect(breaker.isOpen('Products')).toBe(true);
  });

  it('rejects an aborted call with the reason of its signal, and counts no source failure', async () => {
    const { calls, clock, statistics, breaker } = createSourceCalls();
    const abort = new AbortController();
    const call = new HandledCall(abort.signal);
    const result = calls.call(call);
    const ended = expect(result).rejects.toBe('not needed any more');
    await clock.advance(0);
    abort.abort('not needed any more');
    await ended;

    expect(call.sourceSignal?.aborted).toBe(true);
    call.answer('late');
    await clock.advance(0);
    expect(call).toMatchObject({ landed: [], failed: [] });
    expect(statistics.sourceFailures).toBe(0);
    expect(breaker.isOpen('Products')).toBe(false);
    expect(clock.pendingTasks).toBe(0);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'does not use the answer of a call that is abandoned %d turns after the answer arrived',
    async (turns) => {
      const { calls, clock } = createSourceCalls();
      const abort = new AbortController();
      const call = new HandledCall(abort.signal);
      const result = calls.call(call).catch((reason: unknown) => reason);
      await clock.advance(0);
      call.answer('item');
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const landed = call.landed.length;
      abort.abort('enough');
      await clock.advance(0);

      expect(call.landed).toHaveLength(landed);
      expect(await result).toBe(landed === 0 ? 'enough' : 'item, landed');
    },
  );

  it('removes its listener from the signal of a call that has ended', async () => {
    const { calls, clock } = createSourceCalls();
    const { signal } = new AbortController();
    const call = new HandledCall(signal);
    const result = calls.call(call);
    await clock.advance(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    call.answer('item');
    await result;

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('abandons a call that waits for a slot, without asking the source', async () => {
    const { calls, clock } = createSourceCalls({ slots: 1 });
    void calls.call(new HandledCall());
    const abort = new AbortController();
    const call = new HandledCall(abort.signal);
    const ended = expect(calls.call(call)).rejects.toBe('enough');
    await clock.advance(0);
    abort.abort('enough');

    await ended;
    expect(call.asked).toBe(0);
  });

  it('rejects with a defect that the source throws synchronously, and frees the slot', async () => {
    const { calls, clock } = createSourceCalls({ slots: 1 });
    const defect = new TypeError('a defect');
    const call: SourceCall<string, string> = {
      group: 'Products',
      ask: () => {
        throw defect;
      },
      onAnswer: (answer) => answer,
    };

    await expect(calls.call(call)).rejects.toBe(defect);
    expect(clock.pendingTasks).toBe(0);
    const next = new HandledCall();
    void calls.call(next);
    await clock.advance(0);
    expect(next.asked).toBe(1);
  });

  it('treats a time-out after a freeze as an abandoned call, not as a failure', async () => {
    const { calls, clock, breaker, statistics } = createSourceCalls();
    const call = new HandledCall();
    const ended = expect(calls.call(call)).rejects.toMatchObject({ name: 'CallAbandonedError' });
    await clock.advance(10);
    clock.freeze(60_000);
    await clock.advance(0);
    await ended;

    expect(call.failed).toEqual([]);
    expect(statistics.sourceFailures).toBe(0);
    expect(breaker.isOpen('Products')).toBe(false);
  });

  it.each([
    [500, 'SourceTimeoutError'],
    [501, 'CallAbandonedError'],
  ])('treats a time-out that fires %d ms late as %s', async (lateMs, name) => {
    const { calls, clock } = createSourceCalls();
    const ended = expect(calls.call(new HandledCall())).rejects.toMatchObject({ name });
    await clock.advance(0);
    clock.freeze(2_000 + lateMs);
    await clock.advance(0);

    await ended;
  });

  it('treats a connection that broke during a freeze as an abandoned call, not as lost contact', async () => {
    const { calls, clock, breaker, statistics } = createSourceCalls();
    const call = new HandledCall();
    const ended = expect(calls.call(call)).rejects.toMatchObject({ name: 'CallAbandonedError' });
    await clock.advance(10);
    clock.freeze(60_000);
    call.reject(unreachable());
    await ended;

    expect(call.failed).toEqual([]);
    expect(statistics.sourceFailures).toBe(0);
    expect(breaker.isOpen('Products')).toBe(false);
  });

  it('reports a failure that the source answered, even if it arrives after a freeze', async () => {
    const { calls, clock } = createSourceCalls();
    const call = new HandledCall();
    const ended = expect(calls.call(call)).rejects.toMatchObject({ code: 'throttled' });
    await clock.advance(10);
    clock.freeze(60_000);
    call.reject(throttled());
    await ended;

    expect(call.failed).toHaveLength(1);
  });

  it('accepts an answer that arrives after a freeze', async () => {
    const { calls, clock } = createSourceCalls();
    const call = new HandledCall();
    const result = calls.call(call);
    await clock.advance(10);
    clock.freeze(60_000);
    call.answer('item');

    await expect(result).resolves.toBe('item, landed');
  });

  it('wraps a thrown value that is not an Error', async () => {
    const { calls, clock } = createSourceCalls();
    const call = new HandledCall();
    const ended = expect(calls.call(call)).rejects.toMatchObject({
      name: 'Error',
      message: 'the source threw a value that is not an Error; see the cause',
      cause: 'no error',
    });
    await clock.advance(0);
    call.reject('no error');

    await ended;
    expect(call.failed).toMatchObject([{ cause: 'no error' }]);
  });

  it("records no source failure for a call that reached the invocation's deadline", async () => {
    const { calls, clock, invocation, breaker, statistics } = createSourceCalls({ slots: 10 });
    invocation.begin(clock.now() + 599);
    const made = [new HandledCall(), new HandledCall(), new HandledCall()];
    const ends = made.map((call) => calls.call(call).catch(({ code }) => code));
    await clock.advance(499);

    expect(await Promise.all(ends)).toEqual(Array(3).fill('upstream_timeout'));
    expect(breaker.isOpen('Products')).toBe(false);
    expect(made.flatMap(({ failed }) => failed)).toEqual([]);
    expect(statistics.sourceFailures).toBe(0);
  });

  it('records a source failure for each call that had half a second, even if the invocation then ends', async () => {
    const { calls, clock, invocation, breaker, statistics } = createSourceCalls();
    const messages: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      invocation.begin(clock.now() + 600);
      const ended = calls.call(new HandledCall()).catch(({ message }) => messages.push(message));
      await clock.advance(500);
      await ended;
    }

    expect(messages).toEqual(Array(3).fill('the source did not answer within 500 ms'));
    expect(breaker.isOpen('Products')).toBe(true);
    expect(statistics.sourceFailures).toBe(3);
  });

  it('does not ask when there is no time left in the invocation', async () => {
    const { calls, clock, invocation } = createSourceCalls();
    invocation.begin(clock.now() + 90);
    const call = new HandledCall();
    const ended = expect(calls.call(call)).rejects.toMatchObject({ code: 'upstream_timeout' });
    await clock.advance(0);
    await ended;

    expect(call.asked).toBe(0);
  });

  it('does not wait for a slot beyond the end of the invocation', async () => {
    const { calls, clock, invocation } = createSourceCalls({ slots: 1 });
    invocation.begin(clock.now() + 700);
    void calls.call(new HandledCall()).catch(() => undefined);
    const waiting = watch(calls.call(new HandledCall()));
    await clock.advance(600);

    expect(waiting.state()).toBe('rejected');
  });
});
