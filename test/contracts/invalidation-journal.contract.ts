import { setImmediate as macrotask } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
} from '../../src/domain/cache/errors.ts';
import {
  changesSince,
  type JournalPage,
  pageOf,
  STRIPES,
  stripeOf,
} from '../../src/domain/cache/journal-page.ts';
import type { Announcement, InvalidationJournal } from '../../src/ports/outbound/invalidation-journal.ts';
import type { Gate } from '../support/fakes/gate.ts';

interface JournalSettings {
  readonly pages?: number;
  readonly ring?: number;
}

/** A journal under test, without an announcement, and the ways to break it. */
export interface JournalSubject {
  /** The same journal as one more environment sees it; by default with 4 pages and rings of 32. */
  journal(settings?: JournalSettings): InvalidationJournal;
  /** Deletes all pages. */
  reset(): Promise<void>;
  /** Holds up all calls from now on. */
  hold(): Pick<Gate, 'arrived' | 'open'>;
  /** Throttles checks from now on. */
  throttle(): void;
  /** Lets the next announcement have its effect, and its answer be lost. */
  loseNextAnswer(): void;
  /** Refuses all calls from now on. */
  refuse(): void;
  /** Lets all connections end, and none begin. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalContract {
  readonly name: string;
  start(): Promise<JournalSubject>;
  /** Whether an announcement whose answer is lost is made once more by the journal itself. */
  readonly retries: boolean;
  /** Why this journal cannot be tested here. */
  readonly skip?: string | undefined;
}

const SCOPE = 'eu-west-1/Things';

const AT = 1_700_000_000_000;

const keys = (...changed: readonly number[]): Announcement => ({
  scope: SCOPE,
  changed,
  isUnknown: false,
  at: AT,
});
const everything: Announcement = { scope: SCOPE, changed: 'everything', isUnknown: false, at: AT };

/** The hash of a key on a page of 4, so that only the test decides which pages are touched. */
const onPage = (index: number, n: number): number => n * 4 * STRIPES + index * STRIPES + (n % STRIPES);

const signal = (): AbortSignal => new AbortController().signal;

const sortedPages = (pages: readonly JournalPage[]): readonly JournalPage[] =>
  [...pages].sort((a, b) => a.pages - b.pages || a.index - b.index);

const onlyOne = (pages: readonly JournalPage[]): JournalPage => {
  expect(pages).toHaveLength(1);
  const [page] = pages;
  if (page === undefined) throw new Error('there is no page');
  return page;
};

/** What every `InvalidationJournal` promises. */
export const runJournalContract = ({ name, start, retries, skip }: JournalContract): void => {
  const suite = skip === undefined ? describe : describe.skip;
  suite(`${name} as an InvalidationJournal${skip === undefined ? '' : ` (${skip})`}`, () => {
    let subject: JournalSubject;
    let journal: InvalidationJournal;

    beforeEach(async () => {
      subject = await start();
      journal = subject.journal();
    });

    afterEach(() => subject.close());

    it('has no page of a scope to which nothing was announced', async () => {
      expect(await journal.check(SCOPE, signal())).toEqual([]);
    });

    it('shows announced keys on their pages, to the writer and to every reader', async () => {
      const hashes = [onPage(0, 1), onPage(0, 2), onPage(3, 7)];
      const announced = await journal.announce(keys(...hashes), signal());
      const seen = await subject.journal().check(SCOPE, signal());

      expect(sortedPages(announced)).toEqual(sortedPages(seen));
      expect(sortedPages(seen)).toEqual([
        {
          pages: 4,
          index: 0,
          epoch: expect.any(Number),
          head: 2,
          everything: 0,
          unknown: 0,
          unknownAt: 0,
          stripes: new Map([
            [1, 1],
            [2, 1],
          ]),
          ring: [
            { hash: onPage(0, 1), isUnknown: false },
            { hash: onPage(0, 2), isUnknown: false },
          ],
        },
        {
          pages: 4,
          index: 3,
          epoch: expect.any(Number),
          head: 1,
          everything: 0,
          unknown: 0,
          unknownAt: 0,
          stripes: new Map([[7, 1]]),
          ring: [{ hash: onPage(3, 7), isUnknown: false }],
        },
      ]);
    });

    it('takes the largest and the smallest hash', async () => {
      const pages = await journal.announce(keys(0, 2 ** 32 - 1), signal());

      expect(sortedPages(pages).map(({ ring }) => ring)).toEqual([
        [{ hash: 0, isUnknown: false }],
        [{ hash: 2 ** 32 - 1, isUnknown: false }],
      ]);
    });

    it('counts a key once that an announcement names twice', async () => {
      const page = onlyOne(await journal.announce(keys(5, 5), signal()));

      expect(page).toMatchObject({ head: 1, stripes: new Map([[5, 1]]) });
      expect(page.ring).toHaveLength(1);
    });

    it('announces nothing for no key', async () => {
      expect(await journal.announce(keys(), signal())).toEqual([]);
      expect(await journal.check(SCOPE, signal())).toEqual([]);
    });

    it('says that everything changed, without a key', async () => {
      const before = onlyOne(await journal.announce(keys(onPage(0, 1)), signal()));
      const after = onlyOne(await journal.announce(everything, signal()));

      expect(after).toEqual({ ...before, everything: 1 });
      expect(changesSince(before, after)).toMatchObject({ everything: true, mayBeUnknown: false });
      expect(await journal.check(SCOPE, signal())).toEqual([after]);
    });

    it('marks keys, and everything, whose writes have an unknown outcome', async () => {
      const first = onlyOne(await journal.announce(keys(1), signal()));
      const second = onlyOne(await journal.announce({ ...keys(2), isUnknown: true }, signal()));
      const third = onlyOne(await journal.announce({ ...everything, isUnknown: true }, signal()));

      expect([first, second, third].map(({ unknown }) => unknown)).toEqual([0, 1, 2]);
      expect([first, second, third].map(({ unknownAt }) => unknownAt)).toEqual([0, AT, AT]);
      expect(third.ring).toEqual([
        { hash: 1, isUnknown: false },
        { hash: 2, isUnknown: true },
      ]);
      expect(changesSince(second, third)).toMatchObject({ everything: true, mayBeUnknown: true });
    });

    it('keeps scopes apart', async () => {
      await journal.announce(keys(1), signal());
      await journal.announce({ ...everything, scope: 'eu-west-2/Things' }, signal());
      await journal.announce({ ...keys(2), scope: `${SCOPE}/more` }, signal());

      expect(onlyOne(await journal.check(SCOPE, signal()))).toMatchObject({ head: 1, everything: 0 });
      expect(onlyOne(await journal.check('eu-west-2/Things', signal()))).toMatchObject({
        head: 0,
        everything: 1,
      });
      expect(await journal.check('eu-west-1/Thing', signal())).toEqual([]);
    });

    it('lets writers with different numbers of pages share a scope', async () => {
      const hash = onPage(2, 9);
      for (const pages of [1, 4, 16]) await subject.journal({ pages }).announce(keys(hash), signal());
      await subject.journal({ pages: 2 }).announce(everything, signal());
      const seen = sortedPages(await journal.check(SCOPE, signal()));

      expect(seen.map(({ pages, index, head }) => ({ pages, index, head }))).toEqual([
        { pages: 1, index: 0, head: 1 },
        { pages: 2, index: 0, head: 0 },
        { pages: 4, index: 2, head: 1 },
        { pages: 16, index: pageOf(hash, 16), head: 1 },
      ]);
    });

    it.each([8, 32])('keeps the last %d announced keys at least, and not many more', async (ring) => {
      const writer = subject.journal({ ring, pages: 1 });
      const announced: number[] = [];
      let page: JournalPage | undefined;
      for (let n = 0; n < 60; n += 1) {
        announced.push(n);
        page = onlyOne(await writer.announce(keys(n), signal()));
        expect(page.ring.map(({ hash }) => hash)).toEqual(announced.slice(-page.ring.length));
        expect(page.ring.length).toBeGreaterThanOrEqual(Math.min(ring, announced.length));
      }
      // The journal may trim rings in the background.
      do {
        await macrotask();
        page = onlyOne(await writer.check(SCOPE, signal()));
      } while (page.ring.length >= ring + 8);

      expect(page.ring.map(({ hash }) => hash)).toEqual(announced.slice(-page.ring.length));
      expect(page.ring.length).toBeGreaterThanOrEqual(ring);
      expect(page.head).toBe(60);
    });

    it('announces more keys at once than a ring holds', async () => {
      const hashes = Array.from({ length: 1000 }, (_, n) => n * 7);
      const page = onlyOne(await subject.journal({ pages: 1, ring: 8 }).announce(keys(...hashes), signal()));
      const before = { ...page, head: 0, stripes: new Map(), ring: [] };

      expect(page.head).toBe(1000);
      expect(page.ring.map(({ hash }) => hash)).toEqual(hashes.slice(-8));
      expect(new Set(changesSince(before, page)?.stripes)).toEqual(new Set(hashes.map(stripeOf)));
    });

    it('loses no count of 200 announcements at the same time, and keeps the ring in their order', async () => {
      const writers = Array.from({ length: 8 }, () => subject.journal());
      const hashes = Array.from({ length: 200 }, (_, n) => (n * 2_654_435_761) % 2 ** 32);
      const announced = await Promise.all(
        hashes.map(async (hash, n) => {
          const page = onlyOne((await writers[n % 8]?.announce(keys(hash), signal())) ?? []);
          return { hash, page };
        }),
      );
      const seen = await journal.check(SCOPE, signal());

      for (const page of seen) {
        const ofPage = announced.filter(({ hash }) => pageOf(hash, 4) === page.index);
        const inOrder = [...ofPage].sort((a, b) => a.page.head - b.page.head).map(({ hash }) => hash);
        expect(page.head).toBe(ofPage.length);
        expect(new Set(ofPage.map((each) => each.page.head)).size).toBe(ofPage.length);
        expect(page.ring.map(({ hash }) => hash)).toEqual(inOrder.slice(-page.ring.length));
        expect(page.ring.length).toBeGreaterThanOrEqual(32);
        for (const [stripe, count] of page.stripes) {
          expect(count).toBe(ofPage.filter(({ hash }) => stripeOf(hash) === stripe).length);
        }
        expect([...page.stripes.values()].reduce((sum, count) => sum + count)).toBe(page.head);
        expect(new Set(ofPage.map((each) => each.page.epoch))).toEqual(new Set([page.epoch]));
      }
      expect(seen.map(({ head }) => head).reduce((sum, head) => sum + head)).toBe(200);
    });

    it('gives pages another epoch after they were deleted', async () => {
      const before = onlyOne(await journal.announce(keys(1), signal()));
      await subject.reset();
      expect(await journal.check(SCOPE, signal())).toEqual([]);
      const after = onlyOne(await journal.announce(keys(1), signal()));

      expect(after.epoch).not.toBe(before.epoch);
      expect(changesSince(before, after)).toMatchObject({ everything: true });
    });

    it('announces at least once if the answer to an announcement is lost', async () => {
      subject.loseNextAnswer();
      const announcing = journal.announce(keys(1), signal());
      if (retries) await announcing;
      else await expect(announcing).rejects.toThrow(SourceConnectionError);
      const page = onlyOne(await journal.check(SCOPE, signal()));

      expect(page).toMatchObject({ head: retries ? 2 : 1 });
      expect(new Set(page.ring.map(({ hash }) => hash))).toEqual(new Set([1]));
    });

    it('ends at once when the signal is aborted, before and during a call', async () => {
      const aborted = AbortSignal.abort();
      await expect(journal.announce(keys(1), aborted)).rejects.toThrow(SourceTimeoutError);
      await expect(journal.check(SCOPE, aborted)).rejects.toThrow(SourceTimeoutError);
      const gate = subject.hold();
      const deadline = new AbortController();
      const announcing = journal.announce(keys(1), deadline.signal);
      const checking = journal.check(SCOPE, deadline.signal);
      await gate.arrived(2);
      deadline.abort();

      await expect(announcing).rejects.toThrow(SourceTimeoutError);
      await expect(checking).rejects.toThrow(SourceTimeoutError);
      gate.open();
    });

    it('says that a check was throttled', async () => {
      subject.throttle();

      await expect(journal.check(SCOPE, signal())).rejects.toThrow(SourceThrottledError);
    });

    it('says that calls were refused', async () => {
      subject.refuse();

      await expect(journal.announce(keys(1), signal())).rejects.toThrow(SourceRefusedError);
      await expect(journal.check(SCOPE, signal())).rejects.toThrow(SourceRefusedError);
    });

    it('says that it could not be reached', async () => {
      await subject.disconnect();

      await expect(journal.announce(keys(1), signal())).rejects.toThrow(SourceConnectionError);
      await expect(journal.check(SCOPE, signal())).rejects.toThrow(SourceConnectionError);
    });

    it('works after its connections were dropped', async () => {
      await journal.announce(keys(1), signal());
      journal.dropConnections?.();

      expect(await journal.check(SCOPE, signal())).toHaveLength(1);
    });
  });
};
