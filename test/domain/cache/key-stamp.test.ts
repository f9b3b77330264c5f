import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyPage, type JournalPage, STRIPES, stripeOf } from '../../../src/domain/cache/journal-page.ts';
import {
  isUnchangedSince,
  stampFromNumbers,
  stampOf,
  stampToNumbers,
} from '../../../src/domain/cache/key-stamp.ts';

/** On page 0 of one page. */
const HASH = 5;
const SAME_STRIPE = HASH + STRIPES;
const OTHER_STRIPE = HASH + 1;

/** The page after these keys were announced, with the last ones in its ring. */
const pageAfter = (hashes: readonly number[], ring = 100, change: Partial<JournalPage> = {}): JournalPage => {
  const stripes = new Map<number, number>();
  for (const hash of hashes) stripes.set(stripeOf(hash), (stripes.get(stripeOf(hash)) ?? 0) + 1);
  const last = hashes.slice(-ring).map((hash) => ({ hash, isUnknown: false }));
  return {
    ...emptyPage({ pages: 1, index: 0, epoch: 7 }),
    head: hashes.length,
    stripes,
    ring: last,
    ...change,
  };
};

const isUnchanged = (before: readonly JournalPage[], after: readonly JournalPage[]) =>
  isUnchangedSince(stampOf(HASH, before), HASH, after);

describe('a stamp of a key', () => {
  const before = [pageAfter([HASH, OTHER_STRIPE])];

  it.each<[string, readonly JournalPage[]]>([
    ['nothing was announced', before],
    [
      'only other stripes were announced, and the ring is too short',
      [pageAfter([HASH, OTHER_STRIPE, OTHER_STRIPE, OTHER_STRIPE], 1)],
    ],
    [
      'another key of its stripe was announced, and the ring has just what was announced since',
      [pageAfter([HASH, OTHER_STRIPE, SAME_STRIPE, OTHER_STRIPE], 2)],
    ],
    ['another key of its stripe was announced', [pageAfter([HASH, OTHER_STRIPE, SAME_STRIPE])]],
    ['the pages are older than the stamp', [pageAfter([HASH])]],
    [
      'a page of writers with another setting was made for another key',
      [...before, pageAfter([OTHER_STRIPE], 9, { pages: 2, epoch: 8 })],
    ],
  ])('proves that the key has not changed if %s', (_, after) => {
    expect(isUnchanged(before, after)).toBe(true);
  });

  it.each<[string, readonly JournalPage[]]>([
    ['the key was announced', [pageAfter([HASH, OTHER_STRIPE, HASH])]],
    [
      'its stripe was announced, and the ring is too short',
      [pageAfter([HASH, OTHER_STRIPE, SAME_STRIPE, OTHER_STRIPE], 1)],
    ],
    [
      'the key is the first that was announced since, and the ring has just these',
      [pageAfter([HASH, OTHER_STRIPE, HASH, OTHER_STRIPE], 2)],
    ],
    ['everything was announced', [pageAfter([HASH, OTHER_STRIPE], 9, { everything: 1 })]],
    ['the journal was made again', [pageAfter([HASH, OTHER_STRIPE], 9, { epoch: 8 })]],
    ['the journal was deleted', []],
    [
      'writers with another setting announced the key',
      [...before, pageAfter([HASH], 9, { pages: 2, epoch: 8 })],
    ],
  ])('proves nothing if %s', (_, after) => {
    expect(isUnchanged(before, after)).toBe(false);
  });

  it('never proves anything of a key that was announced after it', () => {
    const hashes = fc.array(fc.integer({ min: 0, max: 3 * STRIPES }), { maxLength: 20 });
    fc.assert(
      fc.property(hashes, hashes, hashes, fc.integer({ min: 1, max: 50 }), (first, second, third, ring) => {
        const after = [pageAfter([...first, ...second, HASH, ...third], ring)];

        expect(isUnchanged([pageAfter(first, ring)], after)).toBe(false);
      }),
    );
  });

  it('is the same after it was stored as numbers', () => {
    const stamp = stampOf(HASH, [...before, pageAfter([HASH], 9, { pages: 2, epoch: 8 })]);

    expect(stampFromNumbers(JSON.parse(JSON.stringify(stampToNumbers(stamp))))).toEqual(stamp);
  });

  it.each([
    [undefined],
    ['1,0,7,0,2,1'],
    [[1, 0, 7, 0, 2]],
    [[1, 0, 7, 0, 2, '1']],
    [[1, 1, 7, 0, 2, 1]],
    [[1, 0, 7, 0, -2, 1]],
    [[1, 0, 7, 0, 2.5, 1]],
    [Array.from({ length: 6_006 }, () => 1)],
  ])('is not read from %j', (value) => {
    expect(stampFromNumbers(value)).toBeUndefined();
  });
});
