import { describe, expect, it } from '@jest/globals';
import { readDocument } from '../support/docs/markdown.ts';

const manifest = JSON.parse(readDocument('package.json'));

describe('package.json', () => {
  it('names the repository, against which npm resolves the relative links of the README', () => {
    expect(manifest.repository).toEqual({
      type: 'git',
      url: expect.stringMatching(/^git\+https:\/\/github\.com\/[\w-]+\/[\w-]+\.git$/),
    });
  });

  it('names the home page and the place for bug reports in the same repository', () => {
    const address = manifest.repository.url.replace(/^git\+|\.git$/g, '');

    expect(manifest.homepage).toBe(`${address}#readme`);
    expect(manifest.bugs).toBe(`${address}/issues`);
  });
});

describe('the changelog', () => {
  it('has a dated section for the version of the package', () => {
    const version = manifest.version.replaceAll('.', '\\.');

    expect(readDocument('CHANGELOG.md')).toMatch(new RegExp(`^## ${version} — \\d{4}-\\d{2}-\\d{2}$`, 'm'));
  });

  it('keeps a section for unreleased changes above all versions', () => {
    const [first] = readDocument('CHANGELOG.md').match(/^## .+$/m) ?? [];

    expect(first).toBe('## Unreleased');
  });
});
