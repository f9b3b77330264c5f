import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '../../../src/adapters/system/system.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('SystemClock', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('returns the wall time of the machine', () => {
    const before = Date.now();
    const now = new SystemClock().now();

    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('does not keep the process alive for a task', () => {
    const timersThatDo = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timersThatDo();
    const cancel = new SystemClock().after(60_000, () => {});

    expect(timersThatDo()).toBe(before);
    cancel();
  });

  it('runs a task after a turn later than what arrives in the next turn, also if a timer asks for it', async () => {
    const ran: string[] = [];
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        setImmediate(() => setImmediate(() => ran.push('what arrives')));
        new SystemClock().afterTurn(() => {
          ran.push('task');
          resolve();
        });
      }, 0);
    });

    expect(ran).toEqual(['what arrives', 'task']);
  });

  it('supports a delay beyond the maximum of a Node.js timer', () => {
    jest.useFakeTimers();
    const ran: number[] = [];
    new SystemClock().after(60 * DAY_MS, () => ran.push(Date.now()));
    const start = Date.now();
    jest.advanceTimersByTime(60 * DAY_MS - 1);
    const early = [...ran];
    jest.advanceTimersByTime(1);

    expect(early).toEqual([]);
    expect(ran).toEqual([start + 60 * DAY_MS]);
  });

  it('cancels a long delay in its later part too', () => {
    jest.useFakeTimers();
    const ran: number[] = [];
    const cancel = new SystemClock().after(60 * DAY_MS, () => ran.push(1));
    jest.advanceTimersByTime(40 * DAY_MS);
    cancel();
    jest.advanceTimersByTime(40 * DAY_MS);

    expect(ran).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
