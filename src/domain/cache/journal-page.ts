import type { EntryKey } from './cache-entry.ts';

/** Stripes of one page. With 128, a page fits into one write unit of DynamoDB. */
export const STRIPES = 128;

/** One announced key, by its hash. */
export interface AnnouncedKey {
  /** `hashOf` the key. */
  readonly hash: number;
  /** Whether the write may still be applied later, because its outcome is unknown. */
  readonly isUnknown: boolean;
}

/**
 * A part of the journal of one scope. A scope is what is announced together, such as a table in one region. Counts only grow,
 * for as long as `epoch` is the same.
 */
export interface JournalPage {
  /** Number of pages among which writers with the same setting distribute keys. */
  readonly pages: number;
  /** From 0 up to, but not including, `pages`. */
  readonly index: number;
  /** Drawn when the page is created. Another one says that the journal was deleted in between. */
  readonly epoch: number;
  /** Announced keys. */
  readonly head: number;
  /** Announcements of the whole scope. */
  readonly everything: number;
  /** Announcements of writes whose outcome is unknown. */
  readonly unknown: number;
  /** Wall time in milliseconds of the last of them, by the clock of its writer; 0 if there was none. */
  readonly unknownAt: number;
  /** Announced keys of each stripe that has any. */
  readonly stripes: ReadonlyMap<number, number>;
  /** The last announced keys, oldest first. */
  readonly ring: readonly AnnouncedKey[];
}

/** What a page says that was announced since an earlier state of it. */
export interface PageChanges {
  readonly pages: number;
  readonly index: number;
  /** Whether every key may have changed. */
  readonly everything: boolean;
  /** The changed keys, if the ring reaches back far enough. */
  readonly keys: readonly AnnouncedKey[];
  /** Otherwise: the stripes that have changed keys. */
  readonly stripes: readonly number[];
  /** Whether changes of `everything` and `stripes` may include writes of unknown outcome. */
  readonly mayBeUnknown: boolean;
}

/** A hash of 32 bits (FNV-1a, mixed), equal in all versions. Two keys with one hash only invalidate each other. */
export const hashOf = ({ id }: Pick<EntryKey, 'id'>): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  // The low bits choose the stripe, and FNV-1a mixes them least.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

export const stripeOf = (hash: number): number => hash % STRIPES;

export const pageOf = (hash: number, pages: number): number => Math.floor(hash / STRIPES) % pages;

/** A page to which nothing was announced. */
export const emptyPage = ({
  pages,
  index,
  epoch,
}: Pick<JournalPage, 'pages' | 'index' | 'epoch'>): JournalPage => ({
  pages,
  index,
  epoch,
  head: 0,
  everything: 0,
  unknown: 0,
  unknownAt: 0,
  stripes: new Map(),
  ring: [],
});

/**
 * What was announced between two states of a page; `undefined` if nothing was.
 *
 * @param known absent if the page did not exist then
 */
export const changesSince = (known: JournalPage | undefined, page: JournalPage): PageChanges | undefined => {
  const before = known ?? emptyPage(page);
  const { pages, index } = page;
  const missed = page.head - before.head;
  const wasReset = page.epoch !== before.epoch || missed < 0;
  const everything = wasReset || page.everything !== before.everything;
  if (!everything && missed === 0) return undefined;
  // The deleted page may have announced some after its known state.
  const mayBeUnknown = wasReset || page.unknown !== before.unknown;
  if (everything) return { pages, index, everything, keys: [], stripes: [], mayBeUnknown };
  if (missed <= page.ring.length) {
    const keys = page.ring.slice(page.ring.length - missed);
    return { pages, index, everything, keys, stripes: [], mayBeUnknown };
  }
  const stripes = [...page.stripes].filter(([stripe, count]) => count !== before.stripes.get(stripe));
  return { pages, index, everything, keys: [], stripes: stripes.map(([stripe]) => stripe), mayBeUnknown };
};

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
