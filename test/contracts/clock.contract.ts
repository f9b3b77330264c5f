import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../../src/ports/outbound/clock.ts';

/** A clock under test, and how to let its time pass until something has happened. */
export interface ClockSubject {
  readonly name: string;
  readonly create: () => { clock: Clock; until: (happened: Promise<void>) => Promise<void> };
}

/** What every `Clock` promises. */
export const describeClock = ({ name, create }: ClockSubject): void => {
  describe(`${name} as a Clock`, () => {
    it('tells wall time in whole milliseconds since the epoch', () => {
      const { clock } = create();

      expect(Number.isInteger(clock.now())).toBe(true);
      expect(clock.now()).toBeGreaterThan(Date.UTC(2025, 0, 1));
    });

    it('never steps back in monotonic time', async () => {
      const { clock, until } = create();
      const before = clock.monotonic();
      await until(new Promise((resolve) => clock.after(5, resolve)));

      expect(clock.monotonic()).toBeGreaterThan(before);
    });

    it('runs tasks once each, in order of time', async () => {
      const { clock, until } = create();
      const ran: string[] = [];
      clock.after(20, () => ran.push('second'));
      clock.after(1, () => ran.push('first'));
      await until(new Promise((resolve) => clock.after(40, resolve)));

      expect(ran).toEqual(['first', 'second']);
    });

    it('runs a task no earlier than asked, by more than what a timer rounds', async () => {
      const { clock, until } = create();
      const before = clock.monotonic();
      await until(new Promise((resolve) => clock.after(25, resolve)));

      expect(clock.monotonic() - before).toBeGreaterThanOrEqual(24);
    });

    it('runs nothing before the caller has gone on, even without a delay', async () => {
      const { clock, until } = create();
      const ran: string[] = [];
      const done = new Promise<void>((resolve) => {
        clock.after(0, () => {
          ran.push('task');
          resolve();
        });
      });
      ran.push('caller');
      await until(done);

      expect(ran).toEqual(['caller', 'task']);
    });

    it('does not run what was cancelled, and takes a late cancelling in its stride', async () => {
      const { clock, until } = create();
      const ran: string[] = [];
      const cancel = clock.after(5, () => ran.push('cancelled'));
      cancel();
      cancel();
      const cancelLate = clock.after(10, () => ran.push('kept'));
      await until(new Promise((resolve) => clock.after(30, resolve)));
      cancelLate();

      expect(ran).toEqual(['kept']);
    });
  });
};
