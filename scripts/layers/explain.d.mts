import type { Metafile } from './packages.mjs';
export const explain: (metafile: Metafile) => readonly string[];
