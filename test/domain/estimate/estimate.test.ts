import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { estimateMonth } from '../../../src/domain/estimate/estimate.ts';
import {
  type EstimateInput,
  NUMERIC_INPUTS,
  type NumericName,
  PRICES,
} from '../../../src/domain/estimate/estimate-inputs.ts';
import { dollars, estimateRows } from '../../../src/domain/estimate/estimate-rows.ts';

/** One read and one invocation a second, all hits, 1 GB, each value of its own. */
const INPUT: EstimateInput = {
  readsPerSecond: 1,
  hitPercent: 100,
  itemBytes: 4_097,
  readMs: 5,
  hitMs: 1,
  missExtraMs: 2,
  invocationsPerSecond: 1,
  durationMs: 10,
  memoryMb: 1_024,
  extraMemoryMb: 512,
  environments: 2,
  coldStartsPerDay: 3,
  coldStartMs: 100,
  preloadItems: 0,
  writesPerSecond: 0,
  coherence: 'ttl',
  architecture: 'x86_64',
};
const PER_MILLION = {
  ...PRICES,
  readUnitsMillion: 1e6,
  writeUnitsMillion: 2e6,
  gbSecondX86: 1,
  gbSecondArm: 0.5,
};
const MONTH = 30 * 86_400;

const anyInput = (): fc.Arbitrary<EstimateInput> => {
  const numbers = Object.entries(NUMERIC_INPUTS).map(([name, { min, max }]) => [
    name,
    fc.double({ min, max, noNaN: true }),
  ]);
  return fc
    .record(Object.fromEntries(numbers) as Record<NumericName, fc.Arbitrary<number>>)
    .map((values) => ({ ...values, coherence: 'invocation', architecture: 'arm64' }));
};

describe('estimateMonth', () => {
  it('counts half a unit for each 4 KiB of a hit', () => {
    const { saved, reads, hits } = estimateMonth({ ...INPUT, hitPercent: 50 }, PER_MILLION);

    expect([reads, hits]).toEqual([MONTH, MONTH / 2]);
    expect(saved).toMatchObject({ readUnits: MONTH / 2, readUnitsUsd: MONTH / 2 });
  });

  it('shortens invocations by what hits save and misses add', () => {
    expect(estimateMonth(INPUT, PER_MILLION).saved).toMatchObject({
      msPerInvocation: 4,
      gbSeconds: (MONTH * 4) / 1_000,
      gbSecondsUsd: (MONTH * 4) / 1_000,
    });
    expect(estimateMonth({ ...INPUT, hitPercent: 25 }, PER_MILLION).saved.msPerInvocation).toBe(-0.5);
  });

  it('shortens no invocation to less than what Lambda bills', () => {
    const { saved } = estimateMonth({ ...INPUT, readsPerSecond: 100 }, PER_MILLION);

    expect(saved.msPerInvocation).toBe(9);
  });

  it('charges the added memory for the shortened invocations, and cold starts for all memory', () => {
    const { costs } = estimateMonth(INPUT, PER_MILLION);

    expect(costs.memoryGbSeconds).toBeCloseTo((0.5 * MONTH * 6) / 1_000);
    expect(costs.coldStartGbSeconds).toBeCloseTo(1.5 * 2 * 3 * 30 * 0.1);
  });

  it('charges a preload for each cold start, as one scan', () => {
    const { costs } = estimateMonth({ ...INPUT, preloadItems: 10, itemBytes: 1_000 }, PER_MILLION);

    expect(costs).toMatchObject({ preloadReadUnits: 180 * 1.5, preloadUsd: 180 * 1.5 });
  });

  it('charges the journal only with the coherence invocation', () => {
    const writes = { ...INPUT, writesPerSecond: 8 };

    expect(estimateMonth(writes, PER_MILLION).costs.journalUsd).toBe(0);
    expect(estimateMonth({ ...writes, coherence: 'invocation' }, PER_MILLION).costs).toMatchObject({
      journalReadUnits: MONTH,
      journalWriteUnits: 9 * MONTH,
      journalUsd: 19 * MONTH,
    });
  });

  it('takes the price of the architecture', () => {
    const { memoryUsd } = estimateMonth(INPUT, PER_MILLION).costs;

    expect(estimateMonth({ ...INPUT, architecture: 'arm64' }, PER_MILLION).costs.memoryUsd).toBe(
      memoryUsd / 2,
    );
  });

  it('adds up to the sum of its rows, and never to something else than a number', () => {
    fc.assert(
      fc.property(anyInput(), (input) => {
        const estimate = estimateMonth(input, PRICES);
        const rows = estimateRows(estimate).slice(0, -1);
        const sum = rows.reduce((total, { usd = 0 }) => total + usd, 0);

        expect(Number.isFinite(estimate.netUsd)).toBe(true);
        expect(Math.abs(sum - estimate.netUsd)).toBeLessThanOrEqual(
          1e-9 * Math.max(1, ...rows.map(({ usd = 0 }) => Math.abs(usd))),
        );
      }),
    );
  });
});

describe('dollars', () => {
  it.each([
    [1.005, '1.00 USD'],
    [-2.5, '-2.50 USD'],
    [-0.001, '0.00 USD'],
  ])('writes %p as %s', (usd, text) => {
    expect(dollars(usd)).toBe(text);
  });
});
