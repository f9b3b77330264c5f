import { describe, expect, it } from '@jest/globals';
import { soakBuiltProgram } from './built-program.ts';
import { soakValues } from './endpoint.ts';
import { soakInProcess } from './in-process.ts';

const SEED = 20_260_101;

describe('the soak under all fault schedules', () => {
  it('brings only answers that are allowed, on a clock of its own', async () => {
    const { faults, tally, evictions } = await soakInProcess(SEED, { requests: 19_000 });

    expect(faults).toEqual([]);
    expect(evictions).toBeGreaterThan(100);
    expect([...tally.kinds.keys()]).toEqual(expect.arrayContaining(KINDS));
  }, 120_000);

  it('brings only answers that are allowed, from the built program in real time', async () => {
    const { faults, tally } = await soakBuiltProgram(SEED, { requests: 1_000 });

    expect(faults).toEqual([]);
    expect(tally.requests).toBeGreaterThanOrEqual(1_000);
  }, 120_000);

  it('brings only values of parameters and secrets that are allowed', async () => {
    const { faults, reads } = await soakValues(SEED, { operations: 2_000 });

    expect(faults).toEqual([]);
    expect(reads).toBeGreaterThan(800);
  }, 120_000);

  it('is the same again with the same seed, and another with another', async () => {
    const fingerprintOf = async (seed: number) => {
      const { tally } = await soakInProcess(seed, { requests: 500 });
      return tally.fingerprint;
    };
    const first = await fingerprintOf(1);

    expect(await fingerprintOf(1)).toBe(first);
    expect(await fingerprintOf(2)).not.toBe(first);
  });
});

/** The kinds of answers that a meaningful run contains. */
const KINDS = [
  '200 hit',
  '200 read',
  '200 shared read',
  '200 stale-while-revalidate',
  '200 stale-if-error',
  '200 stale-if-error, asked',
  '204 forgotten',
  '304 hit',
  '400 refused request',
  '404 hit',
  '404 read',
  '502 upstream_refused',
  '503 overloaded',
  '503 throttled',
  '503 upstream_unavailable',
  '504 not_in_cache',
  '504 upstream_timeout',
];
