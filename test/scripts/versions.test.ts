import { describe, expect, it } from '@jest/globals';
import { writtenVersions } from '../../scripts/set-version.mjs';
import { VERSION } from '../../src/domain/program/version.ts';

describe('the version', () => {
  it('is the same at every place that has it, the constant of the program included', () => {
    const versions = writtenVersions();

    expect(versions.map(({ path }) => path)).toContain('package.json');
    expect(versions.filter(({ version }) => version !== VERSION)).toEqual([]);
  });
});
