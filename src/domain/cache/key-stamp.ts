import { type JournalPage, pageOf, STRIPES, stripeOf } from './journal-page.ts';

/** What a page of the journal said of one key at some moment. */
export interface PageStamp {
  readonly pages: number;
  readonly index: number;
  readonly epoch: number;
  readonly everything: number;
  /** Announced keys of the page; 0 if it is not the page of the key. */
  readonly head: number;
  /** Announced keys of the key's stripe; 0 if it is not the page of the key. */
  readonly stripe: number;
}

/** What the journal said of one key at some moment: later pages can prove that the key has not changed since. */
export type KeyStamp = readonly PageStamp[];

const isPageOf = (hash: number, { pages, index }: Pick<JournalPage, 'pages' | 'index'>): boolean =>
  pageOf(hash, pages) === index;

/** The stamp of the key with this hash (`hashOf`), by all pages of its scope. */
export const stampOf = (hash: number, known: readonly JournalPage[]): KeyStamp =>
  known.map((page) => {
    const { pages, index, epoch, everything } = page;
    const isOwn = isPageOf(hash, page);
    return {
      pages,
      index,
      epoch,
      everything,
      head: isOwn ? page.head : 0,
      stripe: isOwn ? (page.stripes.get(stripeOf(hash)) ?? 0) : 0,
    };
  });

/**
 * Whether the pages of the scope prove that nothing was announced for the key since the stamp. A stamp that is newer than the
 * pages passes: what was announced before it is in what was read after it.
 */
export const isUnchangedSince = (stamp: KeyStamp, hash: number, known: readonly JournalPage[]): boolean => {
  const isKept = (then: PageStamp) =>
    known.some(
      ({ pages, index, epoch }) => pages === then.pages && index === then.index && epoch === then.epoch,
    );
  // A page that is missing, or has another epoch, was deleted, and may have announced the key before that.
  if (!stamp.every(isKept)) return false;
  return known.every((page) => {
    const then = stamp.find(({ pages, index }) => pages === page.pages && index === page.index);
    if (page.everything > (then?.everything ?? 0)) return false;
    return !isPageOf(hash, page) || isUnannounced(hash, page, then);
  });
};

/** @param then absent if the page was made later */
const isUnannounced = (hash: number, page: JournalPage, then: PageStamp | undefined): boolean => {
  if ((page.stripes.get(stripeOf(hash)) ?? 0) <= (then?.stripe ?? 0)) return true;
  const missed = page.head - (then?.head ?? 0);
  if (missed < 0 || missed > page.ring.length) return false;
  return !page.ring.slice(page.ring.length - missed).some((key) => key.hash === hash);
};

const NUMBERS = 6;
const MAX_PAGES = 1_000;

/** The stamp as plain numbers, for storing it. */
export const stampToNumbers = (stamp: KeyStamp): readonly number[] =>
  stamp.flatMap(({ pages, index, epoch, everything, head, stripe }) => [
    pages,
    index,
    epoch,
    everything,
    head,
    stripe,
  ]);

/** Reads what `stampToNumbers` made; `undefined` if the value is anything else. */
export const stampFromNumbers = (value: unknown): KeyStamp | undefined => {
  if (!Array.isArray(value) || value.length % NUMBERS !== 0 || value.length > NUMBERS * MAX_PAGES)
    return undefined;
  const numbers = value.filter((each): each is number => Number.isSafeInteger(each) && each >= 0);
  if (numbers.length !== value.length) return undefined;
  const stamp: PageStamp[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const [pages = 0, index = 0, epoch = 0, everything = 0, head = 0, stripe = 0] = numbers.slice(at);
    if (index >= pages || pages > STRIPES) return undefined;
    stamp.push({ pages, index, epoch, everything, head, stripe });
  }
  return stamp;
};
