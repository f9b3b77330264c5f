import type { Metafile } from './packages.mjs';
export const licencesOf: (metafile: Metafile, root: string) => string;
