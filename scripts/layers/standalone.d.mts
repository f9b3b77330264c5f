import type { ZippedFile } from './unzip.mjs';
export const buildStandalone: (
  architecture: 'x86_64' | 'arm64',
) => Promise<{ readonly files: ReadonlyMap<string, ZippedFile> }>;
