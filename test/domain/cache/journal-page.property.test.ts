import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  changesSince,
  emptyPage,
  hashOf,
  type JournalPage,
  pageOf,
  STRIPES,
  stripeOf,
} from '../../../src/domain/cache/journal-page.ts';

describe('hashOf', () => {
  // Environments of different versions announce to each other, so these can never change. Computed by another program.
  it.each([
    ['', 2_872_998_923],
    ['a', 444_641_715],
    ['b', 2_193_908_274],
    ['1', 1_428_125_071],
    ['2', 1_020_151_135],
    ['Things/1', 1_189_444_069],
    ['p1@@s1', 1_254_993_645],
    ['ä😀', 3_763_107_291],
    ['\u0000', 91_794_203],
    ['order-0000000042', 1_255_226_136],
    ['x'.repeat(2048), 904_381_657],
  ])('of %j is %d in every version', (id, hash) => {
    expect(hashOf({ id })).toBe(hash);
  });

  it('is a whole number of 32 bits for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (id) => {
        const hash = hashOf({ id });
        expect(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32).toBe(true);
        expect(hashOf({ id })).toBe(hash);
      }),
    );
  });

  it.each<[string, (n: number) => string]>([
    ['numbers in a row', String],
    ['numbers of one length', (n) => String(n).padStart(12, '0')],
    ['keys with a common beginning and end', (n) => `customer#${n}@@profile`],
    ['single characters', (n) => String.fromCodePoint(0x4e00 + n)],
  ])('spreads %s evenly over pages and stripes', (_, idOf) => {
    for (const pages of [1, 4, 16]) {
      const counts = new Map<number, number>();
      const keys = 20_000;
      for (let n = 0; n < keys; n += 1) {
        const hash = hashOf({ id: idOf(n) });
        const place = pageOf(hash, pages) * STRIPES + stripeOf(hash);
        counts.set(place, (counts.get(place) ?? 0) + 1);
      }
      const places = pages * STRIPES;
      const expected = keys / places;
      let deviation = 0;
      for (let place = 0; place < places; place += 1) {
        deviation += ((counts.get(place) ?? 0) - expected) ** 2 / expected;
      }
      // The chi-squared statistic of a fair spread is near its degrees of freedom, with a deviation of the root of twice as many.
      expect(Math.abs(deviation - (places - 1))).toBeLessThan(5 * Math.sqrt(2 * places));
    }
  });
});

describe('pageOf and stripeOf', () => {
  it('name a page and a stripe that exist', () => {
    const hash = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(hash, fc.integer({ min: 1, max: 16 }), (each, pages) => {
        expect(pageOf(each, pages)).toBeLessThan(pages);
        expect(stripeOf(each)).toBeLessThan(STRIPES);
        expect(Number.isInteger(pageOf(each, pages))).toBe(true);
      }),
    );
  });
});

/** What happens to a page, or a reader that looks at it. */
type Step =
  | { readonly kind: 'announce'; readonly hashes: readonly number[]; readonly isUnknown: boolean }
  | { readonly kind: 'everything'; readonly isUnknown: boolean }
  | { readonly kind: 'trim'; readonly to: number }
  | { readonly kind: 'delete' }
  | { readonly kind: 'look' };

/** Few hashes, so that keys are announced again and share stripes. */
const someHash = fc.nat(40).map((n) => (n % 8) + Math.floor(n / 8) * STRIPES);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('announce' as const),
      hashes: fc.uniqueArray(someHash, { minLength: 1, maxLength: 4 }),
      isUnknown: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('everything' as const), isUnknown: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('trim' as const), to: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'delete' as const }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'look' as const }) },
);

/** What was announced since the reader looked. */
interface Missed {
  keys: { hash: number; isUnknown: boolean }[];
  everything: boolean;
  isUnknown: boolean;
  wasDeleted: boolean;
}

const nothingMissed = (): Missed => ({ keys: [], everything: false, isUnknown: false, wasDeleted: false });

const newPage = (epoch: number): JournalPage => emptyPage({ pages: 1, index: 0, epoch });

const announced = (page: JournalPage, hashes: readonly number[], isUnknown: boolean): JournalPage => {
  const stripes = new Map(page.stripes);
  for (const hash of hashes) stripes.set(stripeOf(hash), (stripes.get(stripeOf(hash)) ?? 0) + 1);
  return {
    ...page,
    head: page.head + hashes.length,
    unknown: page.unknown + (isUnknown ? 1 : 0),
    stripes,
    ring: [...page.ring, ...hashes.map((hash) => ({ hash, isUnknown }))],
  };
};

/** Sees the page as the reader does, and compares with what was announced since it last looked. */
const expectCovered = (known: JournalPage | undefined, page: JournalPage, missed: Missed): void => {
  const changes = changesSince(known, page);
  if (missed.keys.length === 0 && !missed.everything && !missed.wasDeleted) {
    expect(changes).toBeUndefined();
    return;
  }
  if (changes === undefined) throw new Error('no change is reported');
  expect(changes).toMatchObject({ pages: 1, index: 0 });
  if (missed.everything || missed.wasDeleted) expect(changes.everything).toBe(true);
  else expect(changes.everything).toBe(false);
  const fitsRing = missed.keys.length <= page.ring.length;
  if (!changes.everything && fitsRing) expect(changes.keys).toEqual(missed.keys);
  for (const { hash, isUnknown } of missed.keys) {
    const key = changes.keys.find((each) => each.hash === hash && each.isUnknown === isUnknown);
    expect(changes.everything || key !== undefined || changes.stripes.includes(stripeOf(hash))).toBe(true);
    if (isUnknown && key === undefined) expect(changes.mayBeUnknown).toBe(true);
  }
  if (changes.everything && missed.isUnknown) expect(changes.mayBeUnknown).toBe(true);
  const touched = new Set(missed.keys.map(({ hash }) => stripeOf(hash)));
  for (const stripe of changes.stripes) expect(touched).toContain(stripe);
};

describe('changesSince', () => {
  it('covers every announced key by a key, a stripe or everything, and reports nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let epoch = 1;
        let page: JournalPage | undefined;
        let known: JournalPage | undefined;
        let missed = nothingMissed();
        for (const each of steps) {
          if (each.kind === 'look' && page !== undefined) {
            expectCovered(known, page, missed);
            known = page;
            missed = nothingMissed();
          }
          if (each.kind === 'delete' && page !== undefined) {
            page = undefined;
            epoch += 1;
            // A reader that never saw the old page learns of the new one only; it holds nothing from before.
            missed = known === undefined ? nothingMissed() : { ...missed, wasDeleted: true };
          }
          if (each.kind === 'trim' && page !== undefined)
            page = { ...page, ring: page.ring.slice(Math.max(0, page.ring.length - each.to)) };
          if (each.kind === 'announce') {
            page = announced(page ?? newPage(epoch), each.hashes, each.isUnknown);
            missed.keys.push(...each.hashes.map((hash) => ({ hash, isUnknown: each.isUnknown })));
            missed.isUnknown ||= each.isUnknown;
          }
          if (each.kind === 'everything') {
            const before: JournalPage = page ?? newPage(epoch);
            const unknown = before.unknown + (each.isUnknown ? 1 : 0);
            page = { ...before, everything: before.everything + 1, unknown };
            missed.everything = true;
            missed.isUnknown ||= each.isUnknown;
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('reports everything if a page goes back, as that of a restored table does', () => {
    const later = announced(newPage(1), [1, 2], false);

    expect(changesSince(later, announced(newPage(1), [1], false))).toMatchObject({ everything: true });
  });

  it('assumes writes of unknown outcome if a page was deleted, because it may have announced some', () => {
    const page = announced(newPage(2), [1], false);

    expect(changesSince(newPage(1), page)).toMatchObject({ everything: true, mayBeUnknown: true });
  });

  it('names the keys of a new page, as far as its ring reaches', () => {
    const page = announced(newPage(1), [1, 2, 3], false);

    expect(changesSince(undefined, page)?.keys.map(({ hash }) => hash)).toEqual([1, 2, 3]);
    expect(changesSince(undefined, { ...page, ring: page.ring.slice(1) })).toMatchObject({
      keys: [],
      stripes: [1, 2, 3],
    });
  });
});
