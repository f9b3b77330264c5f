export interface Sample {
  readonly seed: string | number;
  readonly percent: number;
}
export const isSampled: (sample: Sample, id: string) => boolean;
export const confidenceInterval: (hits: number, total: number) => readonly [number, number];
