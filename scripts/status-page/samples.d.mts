import type { Counts, Status } from '../../src/ports/inbound/status-reader.ts';

export class Samples {
  add(health: Pick<Status, 'counts' | 'store'>, atMs: number): void;
  series(plot: 'ratio' | 'rates' | 'memory'): readonly (readonly (number | null)[])[];
}
export function totalRatio(counts: Counts): number | undefined;
