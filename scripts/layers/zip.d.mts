import type { ZippedFile } from './unzip.mjs';
export const zip: (files: ReadonlyMap<string, ZippedFile>) => Uint8Array;
