import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dollars, estimateMonth, estimateRows } from '../../../src/domain/estimate/estimate.ts';
import {
  ARCHITECTURES,
  defaultOf,
  ESTIMATED_COHERENCES,
  type EstimateInput,
  NUMERIC_INPUTS,
  type NumericName,
  PRICES,
} from '../../../src/domain/estimate/estimate-inputs.ts';

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
  gbSecondX86: 2,
  gbSecondArm: 1,
};
const MONTH = 30 * 86_400;

const anyInput = (): fc.Arbitrary<EstimateInput> => {
  const numbers = Object.entries(NUMERIC_INPUTS).map(([name, { min, max }]) => [
    name,
    // Most doubles of a range are next to zero.
    fc.oneof(fc.double({ min, max, noNaN: true }), fc.integer({ min: Math.ceil(min), max })),
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
    expect(estimateMonth({ ...INPUT, itemBytes: 8_193 }, PER_MILLION).saved.readUnits).toBe(1.5 * MONTH);
    expect(estimateMonth({ ...INPUT, itemBytes: 4_096 }, PER_MILLION).saved.readUnits).toBe(0.5 * MONTH);
  });

  it('shortens invocations by what hits save and misses add', () => {
    expect(estimateMonth(INPUT, PER_MILLION).saved).toMatchObject({
      msPerInvocation: 4,
      gbSeconds: (MONTH * 4) / 1_000,
      gbSecondsUsd: (MONTH * 8) / 1_000,
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
    expect(costs.memoryUsd).toBeCloseTo(2 * costs.memoryGbSeconds);
    expect(costs.coldStartGbSeconds).toBeCloseTo(1.5 * 2 * 3 * 30 * 0.1);
    expect(costs.coldStartUsd).toBeCloseTo(2 * costs.coldStartGbSeconds);
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

  it('counts one check of the journal for each invocation that reads', () => {
    const checksOf = (rates: Partial<EstimateInput>): number =>
      estimateMonth({ ...INPUT, coherence: 'invocation', ...rates }, PER_MILLION).costs.journalReadUnits;

    expect(checksOf({ readsPerSecond: 3 })).toBe(MONTH);
    expect(checksOf({ invocationsPerSecond: 3 })).toBe(MONTH);
  });

  it('subtracts all costs from all savings', () => {
    const { saved, costs, netUsd } = estimateMonth(
      { ...INPUT, preloadItems: 10, writesPerSecond: 8, coherence: 'invocation' },
      PER_MILLION,
    );

    expect(netUsd).toBeCloseTo(
      saved.readUnitsUsd +
        saved.gbSecondsUsd -
        costs.memoryUsd -
        costs.coldStartUsd -
        costs.preloadUsd -
        costs.journalUsd,
    );
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

describe('estimateRows', () => {
  it('lists each saving, each cost with a minus, and the sum', () => {
    const saved = {
      readUnits: 1,
      readUnitsUsd: 2,
      msPerInvocation: 3,
      gbSeconds: 4,
      gbSecondsUsd: 5,
    };
    const costs = {
      memoryGbSeconds: 6,
      memoryUsd: 7,
      coldStartGbSeconds: 8,
      coldStartUsd: 9,
      preloadReadUnits: 10,
      preloadUsd: 11,
      journalReadUnits: 12,
      journalWriteUnits: 13,
      journalUsd: 14,
    };

    expect(estimateRows({ reads: 15, hits: 16, saved, costs, netUsd: 17 })).toEqual([
      { label: 'reads', quantity: '15, 16 of them hits' },
      { label: 'read units saved', quantity: '1', usd: 2 },
      { label: 'billed time saved', quantity: '3.00 ms an invocation', usd: 5 },
      { label: 'added memory', quantity: '6 GB-s', usd: -7 },
      { label: 'cold starts', quantity: '8 GB-s', usd: -9 },
      { label: 'preload', quantity: '10 read units', usd: -11 },
      { label: 'journal', quantity: '12 read, 13 write units', usd: -14 },
      { label: 'saved in total', quantity: '', usd: 17 },
    ]);
  });

  it.each([
    [0, '0'],
    [0.12345, '0.123'],
    [999, '999'],
    [1_000, '1 k'],
    [1_234_567, '1.23 M'],
    [-1_234_567, '-1.23 M'],
    [1e6, '1 M'],
    [1e9, '1 G'],
    [2.5e12, '2500 G'],
  ])('shortens the quantity %p to %s', (readUnits, text) => {
    const estimate = estimateMonth(INPUT, PRICES);
    const [, row] = estimateRows({ ...estimate, saved: { ...estimate.saved, readUnits } });

    expect(row?.quantity).toBe(text);
  });
});

it('offers the architectures of Lambda and two modes of coherence, the defaults first', () => {
  expect(ARCHITECTURES).toEqual(['x86_64', 'arm64']);
  expect(ESTIMATED_COHERENCES).toEqual(['ttl', 'invocation']);
});

describe('defaultOf', () => {
  it('is the same for all memory, if the input is not a time of CPU', () => {
    expect(defaultOf('durationMs', 128)).toBe(NUMERIC_INPUTS.durationMs.default);
  });

  it('grows in whole milliseconds with a smaller share of a core, if the input is a time of CPU', () => {
    expect(defaultOf('coldStartMs', 10_240)).toBe(80);
    expect(defaultOf('coldStartMs', 1_769)).toBe(80);
    expect(defaultOf('coldStartMs', 512)).toBe(276);
  });
});

describe('dollars', () => {
  it.each([
    [0, '0.00 USD'],
    [1.005, '1.00 USD'],
    [-2.5, '-2.50 USD'],
    [-0.001, '0.00 USD'],
  ])('writes %p as %s', (usd, text) => {
    expect(dollars(usd)).toBe(text);
  });
});
