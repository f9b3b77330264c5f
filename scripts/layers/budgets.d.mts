export interface Sizes {
  readonly zippedBytes: number;
  readonly unpackedBytes: number;
}
export const excesses: (name: string, sizes: Sizes, budget?: Sizes) => readonly string[];
