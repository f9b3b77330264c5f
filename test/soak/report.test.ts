import { describe, expect, it } from '@jest/globals';
import { faultsOfGrowth, type MemorySample } from './report.ts';

const MEBIBYTE = 1_024 * 1_024;

/** A run of a million requests, with what the heap held at its quarters. */
const run = (...heapMebibytes: readonly number[]): readonly MemorySample[] =>
  heapMebibytes.map((heap, index) => ({
    requests: index * 250_000,
    residentBytes: (150 + heap) * MEBIBYTE,
    heapBytes: heap * MEBIBYTE,
  }));

describe('the growth of memory', () => {
  it('is none of a fault while caches fill in the first half', () => {
    expect(faultsOfGrowth(run(10, 40, 60, 60, 61))).toEqual([]);
  });

  it('is a fault of the heap if every request of the second half leaves an object behind', () => {
    const leakMebibytes = (500_000 * 32) / MEBIBYTE;

    expect(faultsOfGrowth(run(10, 40, 60, 60 + leakMebibytes / 2, 60 + leakMebibytes))).toEqual([
      expect.stringContaining('the heap grew by'),
    ]);
  });

  it('is a fault of the resident set where the heap cannot be seen', () => {
    const samples = run(10, 40, 60, 100, 160).map(({ requests, residentBytes }) => ({
      requests,
      residentBytes,
    }));

    expect(faultsOfGrowth(samples)).toEqual([expect.stringContaining('the resident set grew by')]);
  });

  it.each([[run(10)], [run(10, 60)]])('cannot be told from %j, which has no middle', (samples) => {
    expect(faultsOfGrowth(samples)).toEqual([]);
  });
});
