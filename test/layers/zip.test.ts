import { describe, expect, it } from '@jest/globals';
import { readZip } from '../../scripts/layers/unzip.mjs';
import { zip } from '../../scripts/layers/zip.mjs';

const file = (text: string, mode = 0o644) => ({ bytes: new TextEncoder().encode(text), mode });

describe('a zip', () => {
  it('gives back what it was made of, permissions included', () => {
    const files = new Map([
      ['extensions/a', file('#!/bin/sh\n', 0o755)],
      ['a/b.cjs', file('code '.repeat(1000))],
    ]);

    expect(new Map([...readZip(zip(files))].sort())).toEqual(new Map([...files].sort()));
  });

  it('has the same bytes in whatever order its files are given', () => {
    const files = [
      ['b', file('two')],
      ['a', file('one')],
    ] as const;

    expect(zip(new Map(files))).toEqual(zip(new Map([...files].reverse())));
  });
});
