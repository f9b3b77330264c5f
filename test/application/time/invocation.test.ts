import { describe, expect, it } from '@jest/globals';
import { Invocation } from '../../../src/application/time/elapsed-time.ts';

describe('Invocation', () => {
  it('leaves a read its whole time-out where no deadline is known', () => {
    expect(new Invocation().budgetMs(2_000, 10_000)).toBe(2_000);
  });

  it('ends a read a tenth of a second before the deadline', () => {
    const invocation = new Invocation();
    invocation.begin(11_000);

    expect(invocation.budgetMs(2_000, 10_000)).toBe(900);
    expect(invocation.budgetMs(500, 10_000)).toBe(500);
  });

  it('leaves a read no time in the last tenth of a second', () => {
    const invocation = new Invocation();
    invocation.begin(10_050);

    expect(invocation.budgetMs(2_000, 10_000)).toBe(0);
  });

  it('forgets a deadline that has passed, and the one before a new invocation', () => {
    const invocation = new Invocation();
    for (const passed of [9_000, 10_000]) {
      invocation.begin(passed);
      expect(invocation.budgetMs(2_000, 10_000)).toBe(2_000);
    }

    invocation.begin(12_000);
    expect(invocation.budgetMs(2_000, 10_000)).toBe(1_900);
  });
});
