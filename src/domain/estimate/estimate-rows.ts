import type { Estimate } from './estimate.ts';

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
