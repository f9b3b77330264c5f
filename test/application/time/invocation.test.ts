import { describe, expect, it } from '@jest/globals';
import { Invocation } from '../../../src/application/time/elapsed-time.ts';

describe('Invocation', () => {
  it('allows the whole time-out if the deadline is unknown', () => {
    expect(new Invocation().budgetMs(2_000, 10_000)).toBe(2_000);
  });

  it('limits a read to 100 ms before the deadline', () => {
    const invocation = new Invocation();
    invocation.begin(11_000);

    expect(invocation.budgetMs(2_000, 10_000)).toBe(900);
    expect(invocation.budgetMs(500, 10_000)).toBe(500);
  });

  it('allows no time within the last 100 ms', () => {
    const invocation = new Invocation();
    invocation.begin(10_050);

    expect(invocation.budgetMs(2_000, 10_000)).toBe(0);
  });

  it('ignores a deadline that has passed, and that of an earlier invocation', () => {
    const invocation = new Invocation();
    for (const passed of [9_000, 10_000]) {
      invocation.begin(passed);
      expect(invocation.budgetMs(2_000, 10_000)).toBe(2_000);
    }

    invocation.begin(12_000);
    expect(invocation.budgetMs(2_000, 10_000)).toBe(1_900);
  });
});
