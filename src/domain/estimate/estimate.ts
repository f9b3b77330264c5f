import type { EstimateInput, PriceTable } from './estimate-inputs.ts';

const DAYS = 30;
const SECONDS = DAYS * 86_400;
const READ_BLOCK_BYTES = 4_096;
/** Units of an eventually consistent read of one block. */
const READ_BLOCK_UNITS = 0.5;
/** Units of one check of the journal of a table: four pages, consistent (docs/fleet.md). */
const CHECK_UNITS = 1;
/** Units of one announcement, with its share of the trimming (docs/fleet.md). */
const ANNOUNCEMENT_UNITS = 1 + 1 / 8;
/** Lambda bills whole milliseconds. */
const LEAST_DURATION_MS = 1;

/** What the cache saves and costs in a month of 30 days. Amounts are in USD. */
export interface Estimate {
  readonly reads: number;
  readonly hits: number;
  readonly saved: {
    readonly readUnits: number;
    readonly readUnitsUsd: number;
    /** Billed milliseconds that an invocation is shorter; negative if misses cost more than hits save. */
    readonly msPerInvocation: number;
    readonly gbSeconds: number;
    readonly gbSecondsUsd: number;
  };
  readonly costs: {
    readonly memoryGbSeconds: number;
    readonly memoryUsd: number;
    readonly coldStartGbSeconds: number;
    readonly coldStartUsd: number;
    readonly preloadReadUnits: number;
    readonly preloadUsd: number;
    readonly journalReadUnits: number;
    readonly journalWriteUnits: number;
    readonly journalUsd: number;
  };
  /** Savings less costs. */
  readonly netUsd: number;
}

/** Estimates a month. Assumes on-demand capacity, and that the reads of an invocation run one after the other. */
export const estimateMonth = (given: EstimateInput, prices: PriceTable): Estimate => {
  const reads = given.readsPerSecond * SECONDS;
  const hits = (reads * given.hitPercent) / 100;
  const invocations = given.invocationsPerSecond * SECONDS;
  const durationMs = durationWithCache(given, { reads, hits, invocations });
  const msPerInvocation = given.durationMs - durationMs;
  const gbSecondPrice = given.architecture === 'arm64' ? prices.gbSecondArm : prices.gbSecondX86;
  const readsUsd = (units: number): number => (units * prices.readUnitsMillion) / 1e6;
  const writesUsd = (units: number): number => (units * prices.writeUnitsMillion) / 1e6;

  const readUnits = hits * readUnitsOf(given.itemBytes);
  const gbSeconds = gbSecondsOf(given.memoryMb, msPerInvocation * invocations);
  const memoryGbSeconds = gbSecondsOf(given.extraMemoryMb, durationMs * invocations);
  const coldStarts = given.environments * given.coldStartsPerDay * DAYS;
  const coldStartGbSeconds = gbSecondsOf(
    given.memoryMb + given.extraMemoryMb,
    coldStarts * given.coldStartMs,
  );
  const preloadReadUnits = coldStarts * readUnitsOf(given.preloadItems * given.itemBytes);
  const hasJournal = given.coherence === 'invocation';
  const journalReadUnits = hasJournal ? Math.min(invocations, reads) * CHECK_UNITS : 0;
  const journalWriteUnits = hasJournal ? given.writesPerSecond * SECONDS * ANNOUNCEMENT_UNITS : 0;

  const saved = {
    readUnits,
    readUnitsUsd: readsUsd(readUnits),
    msPerInvocation,
    gbSeconds,
    gbSecondsUsd: gbSeconds * gbSecondPrice,
  };
  const costs = {
    memoryGbSeconds,
    memoryUsd: memoryGbSeconds * gbSecondPrice,
    coldStartGbSeconds,
    coldStartUsd: coldStartGbSeconds * gbSecondPrice,
    preloadReadUnits,
    preloadUsd: readsUsd(preloadReadUnits),
    journalReadUnits,
    journalWriteUnits,
    journalUsd: readsUsd(journalReadUnits) + writesUsd(journalWriteUnits),
  };
  const costsUsd = costs.memoryUsd + costs.coldStartUsd + costs.preloadUsd + costs.journalUsd;
  return { reads, hits, saved, costs, netUsd: saved.readUnitsUsd + saved.gbSecondsUsd - costsUsd };
};

interface MonthlyCounts {
  readonly reads: number;
  readonly hits: number;
  readonly invocations: number;
}

const durationWithCache = (given: EstimateInput, { reads, hits, invocations }: MonthlyCounts): number => {
  const savedMs = hits * (given.readMs - given.hitMs) - (reads - hits) * given.missExtraMs;
  return Math.max(LEAST_DURATION_MS, given.durationMs - savedMs / invocations);
};

const readUnitsOf = (bytes: number): number => READ_BLOCK_UNITS * Math.ceil(bytes / READ_BLOCK_BYTES);

const gbSecondsOf = (memoryMb: number, ms: number): number => (memoryMb / 1_024) * (ms / 1_000);

/** A line of a report. */
export interface EstimateRow {
  readonly label: string;
  readonly quantity: string;
  /** Positive if it is saved, negative if it is spent; absent if the line has no amount. */
  readonly usd?: number;
}

/** An estimate in lines for people. */
export const estimateRows = ({ reads, hits, saved, costs, netUsd }: Estimate): readonly EstimateRow[] => [
  { label: 'reads', quantity: `${short(reads)}, ${short(hits)} of them hits` },
  { label: 'read units saved', quantity: short(saved.readUnits), usd: saved.readUnitsUsd },
  {
    label: 'billed time saved',
    quantity: `${saved.msPerInvocation.toFixed(2)} ms an invocation`,
    usd: saved.gbSecondsUsd,
  },
  { label: 'added memory', quantity: `${short(costs.memoryGbSeconds)} GB-s`, usd: -costs.memoryUsd },
  { label: 'cold starts', quantity: `${short(costs.coldStartGbSeconds)} GB-s`, usd: -costs.coldStartUsd },
  { label: 'preload', quantity: `${short(costs.preloadReadUnits)} read units`, usd: -costs.preloadUsd },
  {
    label: 'journal',
    quantity: `${short(costs.journalReadUnits)} read, ${short(costs.journalWriteUnits)} write units`,
    usd: -costs.journalUsd,
  },
  { label: 'saved in total', quantity: '', usd: netUsd },
];

/** Formats an amount with its sign. */
export const dollars = (usd: number): string => {
  const amount = Math.abs(usd).toFixed(2);
  return `${usd < 0 && amount !== '0.00' ? '-' : ''}${amount} USD`;
};

const SCALES: readonly (readonly [number, string])[] = [
  [1e9, ' G'],
  [1e6, ' M'],
  [1e3, ' k'],
];

const short = (value: number): string => {
  const [scale, suffix] = SCALES.find(([scale]) => Math.abs(value) >= scale) ?? [1, ''];
  return `${Number((value / scale).toPrecision(3))}${suffix}`;
};
