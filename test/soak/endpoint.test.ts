import { describe, expect, it } from '@jest/globals';
import type { PlayResult } from '../support/read-your-writes/play.ts';
import { PLAY_LENGTH, type Play, soakEndpoint } from './endpoint.ts';

const MEBIBYTE = 1_024 * 1_024;

describe('the soak of the endpoint for SDKs', () => {
  it('finds no read that is older than it may be', async () => {
    const report = await soakEndpoint(20_260_101, { operations: 1_000 });

    expect(report).toMatchObject({ operations: 1_000, plays: 1, faults: [] });
    expect(report.reads).toBeGreaterThan(500);
  });

  it('plays the next seed again and again until all is done, and sums up', async () => {
    const { play, plays } = recording(() => ({ faults: [], reads: 3, writes: 2, hits: 1_000 }));

    const report = await soakEndpoint(7, { operations: 2 * PLAY_LENGTH + 10, play });

    expect(plays).toEqual([
      [7, PLAY_LENGTH],
      [8, PLAY_LENGTH],
      [9, 10],
    ]);
    expect(report).toMatchObject({ plays: 3, reads: 9, writes: 6, hits: 3_000, faults: [] });
  });

  it('ends with the play that went wrong, and says how to repeat it', async () => {
    const { play, plays } = recording((seed) => ({ ...FINE, faults: seed === 8 ? ['an old read'] : [] }));

    const { faults } = await soakEndpoint(7, { operations: 4 * PLAY_LENGTH, play });

    expect(plays).toHaveLength(2);
    expect(faults).toEqual([
      'an old read',
      `to repeat it: npm run soak -- --only endpoint --requests ${PLAY_LENGTH} --seed 8`,
    ]);
  });

  it('takes a play that breaks off for a fault', async () => {
    const { play } = recording(() => {
      throw new Error('nobody knows why');
    });

    const { faults } = await soakEndpoint(7, { operations: 10, play });

    expect(faults).toEqual([
      'the play broke off: Error: nobody knows why',
      'to repeat it: npm run soak -- --only endpoint --requests 10 --seed 7',
    ]);
  });

  it('finds fault with a run in which memory hardly ever answered', async () => {
    const { play } = recording(() => ({ ...FINE, hits: 249 }));

    const { faults } = await soakEndpoint(7, { operations: PLAY_LENGTH, play });

    expect(faults).toEqual(['only 249 answers came from memory']);
  });

  it('looks at memory at the beginning and after each quarter', async () => {
    const { play } = recording(() => FINE);

    const { memory } = await soakEndpoint(7, { operations: 8 * PLAY_LENGTH, play });

    expect(memory.map(({ requests }) => requests / PLAY_LENGTH)).toEqual([0, 2, 4, 6, 8]);
  });

  it('finds fault with a heap that grows from the middle to the end', async () => {
    const { play, plays } = recording(() => FINE);
    const heapBytes = () => plays.length * 3 * MEBIBYTE;

    const { faults } = await soakEndpoint(7, { operations: 8 * PLAY_LENGTH, play, heapBytes });

    expect(faults).toEqual([expect.stringContaining(`the heap grew by ${12 * MEBIBYTE} bytes`)]);
  });

  it('tells of its progress, and how far the seeds went, at most twenty times', async () => {
    const { play } = recording(() => FINE);
    const told: unknown[] = [];
    const onProgress = (...progress: readonly number[]) => told.push(progress);

    await soakEndpoint(7, { operations: 40 * PLAY_LENGTH, play, onProgress });

    expect(told).toHaveLength(20);
    expect(told[0]).toEqual([2 * PLAY_LENGTH, 8]);
    expect(told.at(-1)).toEqual([40 * PLAY_LENGTH, 46]);
  });
});

const FINE: PlayResult = { faults: [], reads: 1, writes: 1, hits: 1_000 };

/** A play that only notes what it was asked for. */
const recording = (resultOf: (seed: number) => PlayResult) => {
  const plays: (readonly [number, number])[] = [];
  const play: Play = async (seed, operations) => {
    plays.push([seed, operations]);
    return resultOf(seed);
  };
  return { play, plays };
};
