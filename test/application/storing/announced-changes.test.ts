import { describe, expect, it } from '@jest/globals';
import { AnnouncedChanges } from '../../../src/application/storing/announced-changes.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import {
  hashOf,
  type PageChanges,
  pageOf,
  STRIPES,
  stripeOf,
} from '../../../src/domain/cache/journal-page.ts';
import { keyOf, keysOf } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const [a, b] = [keyOf('a'), keyOf('b')];
const nothing: PageChanges = {
  pages: 4,
  index: 0,
  everything: false,
  keys: [],
  stripes: [],
  mayBeUnknown: false,
};
const changed = (keys: readonly ReturnType<typeof keyOf>[], isUnknown = false): PageChanges => ({
  ...nothing,
  keys: keys.map((key) => ({ hash: hashOf(key), isUnknown })),
  mayBeUnknown: isUnknown,
});

const tracking = (keyLimit?: number) => {
  const clock = new FakeClock();
  const time = new ElapsedTime(clock);
  return { clock, time, changes: new AnnouncedChanges(time, 10_000, keyLimit) };
};

describe('AnnouncedChanges', () => {
  it('marks answers to reads as out of date that began before a change of their key was learned of', () => {
    const { changes } = tracking();
    changes.learn(changed([a]), 5);

    expect([4, 5, 6].map((order) => changes.isOutdated(a, order))).toEqual([true, true, false]);
    expect(changes.isOutdated(b, 4)).toBe(false);
  });

  it('marks the keys of a stripe, among as many pages as its writer has', () => {
    const { changes } = tracking();
    const hash = hashOf(a);
    changes.learn({ ...nothing, pages: 16, index: pageOf(hash, 16), stripes: [stripeOf(hash)] }, 5);

    expect([a, b].map((key) => changes.isOutdated(key, 5))).toEqual([true, false]);
  });

  it('marks no key of another stripe, whatever pages its writers have', () => {
    const { changes } = tracking();
    const hash = hashOf(a);
    const own = stripeOf(hash);
    for (let pages = 1; pages <= 16; pages += 1)
      for (let index = 0; index < pages; index += 1) {
        const isOwnPage = index === pageOf(hash, pages);
        const all = Array.from({ length: STRIPES }, (_, stripe) => stripe);
        const stripes = all.filter((stripe) => !isOwnPage || stripe !== own);
        changes.learn({ ...nothing, pages, index, stripes }, 5);
      }

    expect(changes.isOutdated(a, 5)).toBe(false);
    expect(changes.isOutdated(b, 5)).toBe(true);
  });

  it('marks all keys if everything may have changed', () => {
    const { changes } = tracking();
    changes.learn(changed([a]), 5);
    changes.learn({ ...nothing, everything: true }, 7);

    expect([a, b].map((key) => changes.isOutdated(key, 7))).toEqual([true, true]);
  });

  it('counts a change as recent within the window', async () => {
    const { changes, clock } = tracking();
    changes.learn(changed([a]), 5);
    await clock.advance(9_999);
    expect([changes.isRecent(a), changes.isRecent(b), changes.isAnyRecent()]).toEqual([true, false, true]);
    await clock.advance(1);

    expect([changes.isRecent(a), changes.isAnyRecent()]).toEqual([false, false]);
  });

  it('lets an answer be stale after a write of unknown outcome', () => {
    const { changes, time } = tracking();
    changes.learn(changed([a]), 5);
    expect(changes.mayBeStale(a, time.now())).toBe(false);
    changes.learn(changed([a], true), 6);

    expect(changes.mayBeStale(a, time.now())).toBe(true);
    expect(changes.mayBeStale(b, time.now())).toBe(false);
  });

  it.each(['everything', 'stripes'] as const)('applies an unknown outcome to %s', (what) => {
    const { changes, time } = tracking();
    const hash = hashOf(a);
    const stripes = what === 'stripes' ? [stripeOf(hash)] : [];
    const learned = { ...nothing, index: pageOf(hash, 4), everything: what === 'everything', stripes };
    changes.learn(learned, 5);
    expect(changes.mayBeStale(a, time.now())).toBe(false);
    changes.learn({ ...learned, mayBeUnknown: true }, 6);

    expect(changes.mayBeStale(a, time.now())).toBe(true);
  });

  it('marks all keys with the newest mark that it drops for lack of room', () => {
    const { changes } = tracking(4);
    for (const [index, key] of keysOf(4).entries()) changes.learn(changed([key]), index + 1);
    expect(changes.isOutdated(b, 1)).toBe(false);
    for (const [index, key] of keysOf(5).entries()) changes.learn(changed([key]), index + 1);

    expect(changes.isOutdated(b, 3)).toBe(true);
    expect(changes.isOutdated(b, 4)).toBe(false);
    expect(changes.isOutdated(keyOf('k4'), 5)).toBe(true);
  });
});
