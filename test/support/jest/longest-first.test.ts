import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import LongestFirst from './longest-first.cjs';

const rootDir = fileURLToPath(new URL('../../..', import.meta.url));
const longest: readonly string[] = JSON.parse(readFileSync(new URL('longest.json', import.meta.url), 'utf8'));

describe('the order of the test files', () => {
  it('begins with the longest, then goes by size on a fresh clone', () => {
    const sizes = new Map([...longest.map((path) => [path, 1] as const), ['small', 2], ['large', 3]]);
    const hasteFS = { getSize: (path: string) => sizes.get(path.slice(rootDir.length)) ?? null };
    const context = { config: { rootDir, cache: false }, hasteFS };
    const tests = [...sizes.keys()].reverse().map((path) => ({ path: join(rootDir, path), context }));

    const sorted = new LongestFirst({}).sort(tests).map(({ path }) => path.slice(rootDir.length));

    expect(sorted).toEqual([...longest, 'large', 'small']);
  });

  it('knows the longest by paths that there are', () => {
    expect(longest.filter((path) => !existsSync(join(rootDir, path)))).toEqual([]);
  });
});
