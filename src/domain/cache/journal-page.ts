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
