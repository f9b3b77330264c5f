import { beforeEach, describe, expect, it } from '@jest/globals';
import { Samples, totalRatio } from '../../../../scripts/status-page/samples.mjs';
import type { Counts } from '../../../../src/ports/inbound/status-reader.ts';
import { sampleStatus } from '../../../support/fakes/fake-status-reader.ts';

const NONE: Counts = {
  hits: 0,
  staleHits: 0,
  misses: 0,
  collapsed: 0,
  failures: 0,
  sourceReads: 0,
  sourceFailures: 0,
};
const store = { ...sampleStatus.store, bytes: 3 * 1024 * 1024 };

let samples: Samples;
const add = (counts: Partial<Counts>, atMs: number) =>
  samples.add({ store, counts: { ...NONE, ...counts } }, atMs);

beforeEach(() => {
  samples = new Samples();
});

describe('the samples of the status page', () => {
  it('are rates of a second, by the time between two answers', () => {
    add({ hits: 10 }, 1_000);
    add({ hits: 13, staleHits: 2, misses: 4, failures: 1, sourceReads: 6 }, 3_000);

    expect(samples.series('rates')).toEqual([
      [1, 3],
      [null, 5],
      [null, 3],
      [null, 0.5],
    ]);
    expect(samples.series('ratio')).toEqual([
      [1, 3],
      [null, 50],
    ]);
    expect(samples.series('memory')).toEqual([
      [1, 3],
      [3, 3],
    ]);
  });

  it('have no ratio for a second without requests', () => {
    add({ hits: 10 }, 1_000);
    add({ hits: 10 }, 2_000);

    expect(samples.series('ratio')[1]).toEqual([null, null]);
    expect(samples.series('rates')[1]).toEqual([null, 0]);
  });

  it('have no rate across a restart of the extension', () => {
    add({ hits: 10 }, 1_000);
    add({ hits: 1 }, 2_000);
    add({ hits: 4 }, 3_000);

    expect(samples.series('rates')[1]).toEqual([null, null, 3]);
  });

  it('go back five minutes', () => {
    for (let second = 0; second < 400; second += 1) add({}, second * 1_000);

    const [times] = samples.series('memory');
    expect([times?.length, times?.at(0), times?.at(-1)]).toEqual([300, 100, 399]);
  });

  it('have no ratio since the start before the first request', () => {
    expect(totalRatio(NONE)).toBeUndefined();
    expect(totalRatio({ ...NONE, hits: 3, failures: 1 })).toBe(75);
  });
});
