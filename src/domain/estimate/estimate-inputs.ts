/** A number that an estimate depends on. */
export interface NumericInput {
  readonly text: string;
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** The default is a time of CPU on a whole core, so that it grows with a smaller share of a core. */
  readonly isCpuTime?: boolean;
}

/** The numbers of an estimate, for the command line and for the page. All averages are of one function. */
export const NUMERIC_INPUTS = {
  readsPerSecond: input('reads of items, all environments together', '1/s', 500, [0, 1e6]),
  hitPercent: input('share of the reads that the cache answers', '%', 90, [0, 100]),
  itemBytes: input('average size of an item', 'B', 1_000, [1, 409_600]),
  readMs: input('time of a read without the cache', 'ms', 3, [0, 1_000]),
  hitMs: input('time of a hit', 'ms', 0.3, [0, 100]),
  missExtraMs: input('time that a miss adds to a read', 'ms', 0.5, [0, 100]),
  invocationsPerSecond: input('invocations of the function', '1/s', 100, [0.0001, 1e6]),
  durationMs: input('billed duration of an invocation without the cache', 'ms', 50, [1, 900_000]),
  memoryMb: input('memory of the function without the cache', 'MB', 512, [128, 10_240]),
  extraMemoryMb: input('memory that is added for the cache', 'MB', 128, [0, 10_240]),
  environments: input('execution environments at the same time', '', 10, [0, 10_000]),
  coldStartsPerDay: input('cold starts of each environment', '1/day', 12, [0, 10_000]),
  coldStartMs: {
    ...input('time that the extension adds to a cold start', 'ms', 80, [0, 10_000]),
    isCpuTime: true,
  },
  preloadItems: input('items that each cold start preloads', '', 0, [0, 1e7]),
  writesPerSecond: input('writes through the endpoint', '1/s', 0, [0, 1e6]),
} as const;

function input(
  text: string,
  unit: string,
  byDefault: number,
  range: readonly [number, number],
): NumericInput {
  return { text, unit, default: byDefault, min: range[0], max: range[1] };
}

export type NumericName = keyof typeof NUMERIC_INPUTS;

/** Lambda gives a function one vCPU at this memory, and below it a share in proportion (docs/performance.md). */
export const ONE_CORE_MB = 1_769;

/** The value of an input that is not given. `memoryMb` is all memory of the function, that of the cache included. */
export const defaultOf = (name: NumericName, memoryMb: number): number => {
  const { default: byDefault, isCpuTime = false }: NumericInput = NUMERIC_INPUTS[name];
  return isCpuTime ? Math.round(byDefault * Math.max(1, ONE_CORE_MB / memoryMb)) : byDefault;
};

export const ESTIMATED_COHERENCES = ['ttl', 'invocation'] as const;
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

export interface EstimateInput extends Readonly<Record<NumericName, number>> {
  /** With `invocation`, one table is read and written with a journal. */
  readonly coherence: (typeof ESTIMATED_COHERENCES)[number];
  readonly architecture: (typeof ARCHITECTURES)[number];
}

/** Prices in USD. */
export interface PriceTable {
  /** ISO date of the prices. */
  readonly asOf: string;
  readonly region: string;
  /** Of a million read request units of DynamoDB, on demand. */
  readonly readUnitsMillion: number;
  /** Of a million write request units. */
  readonly writeUnitsMillion: number;
  /** Of a gigabyte-second of Lambda, first tier. */
  readonly gbSecondX86: number;
  readonly gbSecondArm: number;
}

/** The prices that are used unless others are given. */
export const PRICES: PriceTable = {
  asOf: '2026-11-30',
  region: 'us-east-1',
  readUnitsMillion: 0.125,
  writeUnitsMillion: 0.625,
  gbSecondX86: 0.0000166667,
  gbSecondArm: 0.0000133334,
};
