import type { Sizes } from './layers/budgets.mjs';
import type { Metafile } from './layers/packages.mjs';
import type { ZippedFile } from './layers/unzip.mjs';
export interface Layer {
  readonly zip: Uint8Array;
  readonly metafile: Metafile;
  readonly sizes: Sizes;
}
export const layerNames: readonly string[];
export const makeFiles: (name: string) => Promise<ReadonlyMap<string, ZippedFile>>;
export const makeLayer: (name: string) => Promise<Layer>;
