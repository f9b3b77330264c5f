import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SystemRandom } from '../../../src/adapters/system/system.ts';

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

  it('draws from its device for every call', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'random-'));
    const device = join(folder, 'device');
    await writeFile(device, new Uint32Array([2 ** 31, 2 ** 30, 0]));
    const random = new SystemRandom(device);
    const first = random.fraction();
    await writeFile(device, new Uint32Array([2 ** 31, 3 * 2 ** 30, 0]));

    expect([first, random.fraction(), random.fraction()]).toEqual([0.5, 0.75, 0]);
    await rm(folder, { recursive: true });
  });

  it('falls back to node:crypto if the device does not exist', () => {
    const random = new SystemRandom('/nowhere/urandom');
    const fractions = new Set([1, 2, 3].map(() => random.fraction()));

    expect(fractions.size).toBe(3);
  });
});
