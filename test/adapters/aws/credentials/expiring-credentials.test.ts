import { beforeEach, describe, expect, it } from '@jest/globals';
import { retryAfterFreeze } from '../../../../src/adapters/aws/credentials/expiring-credentials.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';

const TIMEOUT_MS = 5_000;

interface Attempt {
  readonly signal: AbortSignal;
  readonly succeed: (value: string) => void;
  readonly fail: (error: Error) => void;
}

let clock: FakeClock;
let attempts: Attempt[];
let outcome: Promise<string>;

/** Fails as soon as it is aborted, as a call of AWS does. */
const attempt = (signal: AbortSignal): Promise<string> =>
  new Promise((succeed, fail) => {
    signal.addEventListener('abort', () => fail(new Error(`attempt ${attempts.length} was aborted`)));
    attempts.push({ signal, succeed, fail });
  });

beforeEach(() => {
  clock = new FakeClock();
  attempts = [];
  outcome = retryAfterFreeze(attempt, TIMEOUT_MS, clock);
  outcome.catch(() => undefined);
});

describe('an attempt', () => {
  it('is aborted after its time, and not repeated', async () => {
    await clock.advance(TIMEOUT_MS - 1);
    expect(attempts[0]?.signal.aborted).toBe(false);
    await clock.advance(1);

    await expect(outcome).rejects.toThrow('attempt 1 was aborted');
    expect(clock.pendingTasks).toBe(0);
  });

  it('that fails without a freeze is not repeated', async () => {
    await clock.advance(2_000);
    attempts[0]?.fail(new Error('refused'));

    await expect(outcome).rejects.toThrow('refused');
    expect(attempts).toHaveLength(1);
  });

  it.each([1_000, 4_000, 3_600_000])('is repeated at once after a freeze of %d ms', async (freezeMs) => {
    await clock.advance(100);
    clock.freeze(freezeMs);
    await clock.advance(0);

    expect(attempts.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    attempts[1]?.succeed('second');
    expect(await outcome).toBe('second');
    expect(clock.pendingTasks).toBe(0);
  });

  it('has all of its time again after each freeze', async () => {
    for (let freezes = 0; freezes < 3; freezes += 1) {
      await clock.advance(TIMEOUT_MS - 500);
      clock.freeze(10_000);
      await clock.advance(0);
    }
    expect(attempts).toHaveLength(4);
    await clock.advance(TIMEOUT_MS);

    await expect(outcome).rejects.toThrow('attempt 4 was aborted');
  });

  it('whose connection broke in a freeze is repeated, although the late timer has not run', async () => {
    clock.freeze(2_000);
    attempts[0]?.fail(new Error('ECONNRESET'));
    await Promise.resolve();
    await clock.advance(0);

    expect(attempts).toHaveLength(2);
  });

  it('that was answered in a freeze is not repeated', async () => {
    clock.freeze(2_000);
    attempts[0]?.succeed('first');
    await clock.advance(0);

    expect(await outcome).toBe('first');
    expect(attempts).toHaveLength(1);
  });

  it('that is answered in the turn of the late timer is not repeated', async () => {
    const turns: (() => void)[] = [];
    const timers = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (delayMs: number, task: () => void) => clock.after(delayMs, task),
      afterTurn: (task: () => void) => turns.push(task),
    };
    const second = retryAfterFreeze(attempt, TIMEOUT_MS, timers);
    clock.freeze(2_000);
    await clock.advance(0);
    attempts[1]?.succeed('in time');

    expect(await second).toBe('in time');
    expect(turns).toHaveLength(1);
  });

  it('is not repeated because a timer is a little late', async () => {
    clock.freeze(700);
    await clock.advance(0);

    expect(attempts.map(({ signal }) => signal.aborted)).toEqual([false]);
  });
});
