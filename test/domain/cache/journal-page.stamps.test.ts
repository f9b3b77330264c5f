import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  emptyPage,
  isUnchangedSince,
  type JournalPage,
  stampFromNumbers,
  stampOf,
  stampToNumbers,
  stripeOf,
  STRIPES,
} from '../../../src/domain/cache/journal-page.ts';

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

  const page0 = (change: Partial<JournalPage> = {}, ...hashes: readonly number[]) =>
    pageAfter(hashes, 9, { pages: 2, ...change });
  const page1 = (change: Partial<JournalPage> = {}, ...hashes: readonly number[]) =>
    pageAfter(hashes, 1, { pages: 2, index: 1, ...change });

  it.each<[string, readonly JournalPage[], readonly JournalPage[]]>([
    ['nothing was announced', [page0(), page1()], [page0(), page1()]],
    ['the pages come in another order', [page0(), page1()], [page1(), page0()]],
    [
      'everything was announced before it on one page',
      [page0(), page1({ everything: 2 })],
      [page0(), page1({ everything: 2 })],
    ],
    [
      'another key with the number of its stripe was announced on the other page',
      [page0(), page1()],
      [page0(), page1({}, SAME_STRIPE, SAME_STRIPE)],
    ],
  ])('proves of two pages that the key has not changed if %s', (_, pages, after) => {
    expect(isUnchanged(pages, after)).toBe(true);
  });

  it.each<[string, readonly JournalPage[], readonly JournalPage[]]>([
    ['everything was announced on the other page', [page0(), page1()], [page0(), page1({ everything: 1 })]],
    [
      'everything was announced on a page that was made later',
      [page0()],
      [page0(), page1({ everything: 1 })],
    ],
    ['the other page was deleted', [page0(), page1()], [page0()]],
    ['the other page was made again', [page0(), page1()], [page0(), page1({ epoch: 8 })]],
    ['only the other page is left', [page0()], [page1()]],
    ['there are more pages now', [pageAfter([])], [page0()]],
    [
      'the number of announced keys has become smaller',
      [page0({ head: 3 })],
      [page0({ stripes: new Map([[HASH, 1]]), head: 1 })],
    ],
  ])('proves nothing of two pages if %s', (_, pages, after) => {
    expect(isUnchanged(pages, after)).toBe(false);
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
    ['no page', []],
    ['a page', [1, 0, 7, 0, 2, 1]],
    ['as many pages as stripes', [STRIPES, STRIPES - 1, 7, 0, 2, 1]],
    ['a thousand pages', Array.from({ length: 6_000 }, (_, at) => (at % 6 === 0 ? 1 : 0))],
  ])('is read from the numbers of %s', (_, numbers) => {
    expect(stampToNumbers(stampFromNumbers(numbers) ?? [])).toEqual(numbers);
  });

  it.each([
    [undefined],
    ['1,0,7,0,2,1'],
    [[STRIPES + 1, 0, 7, 0, 2, 1]],
    [Array.from({ length: 6_006 }, (_, at) => (at % 6 === 0 ? 1 : 0))],
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
