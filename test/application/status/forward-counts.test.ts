import { describe, expect, it } from '@jest/globals';
import { ForwardCounts } from '../../../src/application/status/report-status.ts';

describe('ForwardCounts', () => {
  it('omits reasons that did not occur', () => {
    expect(new ForwardCounts().snapshot()).toEqual({});
  });

  it('counts each reason, in alphabetical order', () => {
    const counts = new ForwardCounts();
    for (const reason of ['write', 'consistent_read', 'other_table', 'write']) counts.count(reason);

    expect(Object.entries(counts.snapshot())).toEqual([
      ['consistent_read', 1],
      ['other_table', 1],
      ['write', 2],
    ]);
  });

  it('returns a snapshot that does not change afterwards', () => {
    const counts = new ForwardCounts();
    const before = counts.snapshot();
    counts.count('write');

    expect(before).toEqual({});
  });
});
