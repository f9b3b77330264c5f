import { describe, expect, it } from '@jest/globals';
import { SystemRandom } from '../../../src/adapters/system/system-random.ts';

describe('SystemRandom', () => {
  it('spreads its fractions evenly', () => {
    const random = new SystemRandom();
    const tenths = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 20_000; draw += 1) {
      const tenth = Math.floor(random.fraction() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }

    // Each is 2,000 give or take 42; eleven times that is beyond all chance.
    expect(Math.min(...tenths)).toBeGreaterThan(1_530);
    expect(Math.max(...tenths)).toBeLessThan(2_470);
  });
});
