import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import { simulateValues } from '../support/values-model/simulation.ts';

/** A planted fault must be noticed every time. */
const PLANTED_SEED = process.env.CACHE_TEST_PLANTED === '1' ? 1 : undefined;
const ANY_SEED = 1 + Math.floor(Math.random() * 1_000_000);
const SEED = Number(process.env.VALUES_SEED ?? PLANTED_SEED ?? ANY_SEED);
/** Operations of the simulation. */
const LENGTH = 20_000;

describe('parameters and secrets that are read and written in all ways while AWS fails', () => {
  it(`are answered as AWS had them, within their lifetimes, never older than an acknowledged write, and stay out of logs, metrics and errors (VALUES_SEED=${SEED})`, async () => {
    const { faults, ...counts } = await simulateValues(SEED, LENGTH);

    expect(faults.slice(0, 5)).toEqual([]);
    expect(counts.reads).toBeGreaterThan(LENGTH / 2);
    expect(counts.hits).toBeGreaterThan(LENGTH / 20);
    expect(counts.writes).toBeGreaterThan(0);
    expect(counts.failures).toBeGreaterThan(0);
    expect(counts.checked).toBeGreaterThan(LENGTH);
  }, 300_000);
});
