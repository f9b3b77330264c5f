import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from 'esbuild';

const SOURCE = new URL('../../../../src/adapters/http/server/next-tick-workaround.ts', import.meta.url);

/** Collects garbage between few ticks, as a server does that waits, and says what many take after that. */
const PROGRAM = `
  const ticks = (left) => new Promise((resolve) => {
    const tick = () => (--left > 0 ? process.nextTick(tick) : resolve());
    process.nextTick(tick);
  });
  const collect = async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const begin = async () => {
    await ticks(30);
    await collect();
    await ticks(30);
    await collect();
    await ticks(200_000);
    const before = process.cpuUsage();
    await ticks(200_000);
    console.log(process.cpuUsage(before).user);
  };
  setImmediate(begin);
`;

const run = promisify(execFile);

/** Microseconds of processor time, at best. */
const timeOf = async (preamble: string): Promise<number> => {
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const args = ['--expose-gc', '--input-type=module', '-e', preamble + PROGRAM];
    const { stdout } = await run(process.execPath, args, { env: {}, timeout: 20_000 });
    times.push(Number(stdout));
  }
  return Math.min(...times);
};

describe('keepTicksFast', () => {
  it('keeps ticks several times faster after a garbage collection', async () => {
    const { code } = transformSync(readFileSync(SOURCE, 'utf8'), { loader: 'ts' });

    const kept = await timeOf(`${code}; keepTicksFast();`);

    expect(kept).toBeLessThan(0.6 * (await timeOf('')));
  }, 60_000);
});
