import type { Sizes } from './layers/budgets.mjs';
import type { Metafile } from './layers/packages.mjs';
export interface Layer {
  readonly zip: Uint8Array;
  readonly metafile: Metafile;
  readonly sizes: Sizes;
}
export const layerNames: readonly string[];
export const makeLayer: (name: string) => Promise<Layer>;
