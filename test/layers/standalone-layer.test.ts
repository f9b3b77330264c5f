import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { makeFiles } from '../../scripts/layers.mjs';

const HOST = process.arch === 'arm64' ? 'standalone-arm64' : 'standalone-x86_64';

describe('the standalone layer', () => {
  (process.platform === 'linux' ? it : it.skip)(
    'has the same bytes whenever it is built',
    async () => {
      const [once, again] = [await makeFiles(HOST), await makeFiles(HOST)];
      const digests = (files: typeof once) =>
        [...files].map(([path, { bytes }]) => [path, createHash('sha256').update(bytes).digest('hex')]);

      expect(once.size).toBeGreaterThan(4);
      expect(digests(again)).toEqual(digests(once));
    },
    120_000,
  );
});
