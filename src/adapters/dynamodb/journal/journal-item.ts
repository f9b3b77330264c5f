import { SourceUnavailableError } from '../../../domain/cache/errors.ts';
import {
  type AnnouncedKey,
  type JournalPage,
  pageOf,
  STRIPES,
  stripeOf,
} from '../../../domain/cache/journal-page.ts';
import type { AttributeMap, AttributeValue } from '../../../domain/dynamodb/json/dynamodb-json.ts';
import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';
import { unreadable } from '../../../domain/named-values/aws-answer.ts';
import type { Announcement } from '../../../ports/outbound/invalidation-journal.ts';

/** The key attributes of the table: the scope (S), and the number of the page (N). */
export const JOURNAL_KEY = { scope: 'table', page: 'page' } as const;

/** The format of the items. Readers refuse pages of a later one. */
const VERSION = 1;

/**
 * The key of a page is `pages * 100 + index`. This way, writers with different numbers of pages never share a page, and readers
 * find out the number from the key.
 */
const PAGES_FACTOR = 100;

/** Each stripe has a counter under its number in base 36: at most two bytes, so that a full page stays below 1 KB. */
const STRIPE_NAMES: readonly string[] = Array.from({ length: STRIPES }, (_, stripe) => stripe.toString(36));

const STRIPES_BY_NAME: ReadonlyMap<string, number> = new Map(
  STRIPE_NAMES.map((name, stripe) => [name, stripe]),
);

/** An element of the ring is `hash * 2 + isUnknown`. */
const MAX_RING_NUMBER = 2 ** 33 - 1;

/** A page was not written by this version. Retries do not help, but the page can be deleted. */
export class UnusablePageError extends SourceUnavailableError {}

/** What one announcement changes in one page. */
export interface PageUpdate {
  readonly scope: string;
  readonly pages: number;
  readonly index: number;
  /** Each once. */
  readonly hashes: readonly number[];
  readonly everything: boolean;
  readonly isUnknown: boolean;
  /** Wall time in milliseconds. */
  readonly at: number;
}

/** The pages that an announcement changes. One of the whole scope is made on the first page. */
export const pageUpdates = (
  { scope, changed, isUnknown, at }: Announcement,
  pages: number,
): readonly PageUpdate[] => {
  if (changed === 'everything') {
    return [{ scope, pages, index: 0, hashes: [], everything: true, isUnknown, at }];
  }
  const byIndex = new Map<number, number[]>();
  for (const hash of new Set(changed)) {
    const index = pageOf(hash, pages);
    const hashes = byIndex.get(index);
    if (hashes === undefined) byIndex.set(index, [hash]);
    else hashes.push(hash);
  }
  return [...byIndex].map(([index, hashes]) => ({
    scope,
    pages,
    index,
    hashes,
    everything: false,
    isUnknown,
    at,
  }));
};

/**
 * The input of the UpdateItem that announces. Whatever the page holds, it only adds to it, so that no announcement is lost
 * however many are made at the same time.
 *
 * @param epoch of the page, if this creates it
 * @param ringSize how many of the last announced keys readers need at most
 */
export const announcingUpdate = (update: PageUpdate, epoch: number, ringSize: number) => {
  const { hashes, everything, isUnknown, at } = update;
  const counts = new Map([['head', hashes.length]]);
  if (everything) counts.set('all', 1);
  if (isUnknown) counts.set('unknown', 1);
  for (const hash of hashes) {
    const name = STRIPE_NAMES[stripeOf(hash)] ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const added = hashes.slice(-ringSize).map((hash) => numberValue(hash * 2 + (isUnknown ? 1 : 0)));
  const set = ['#version = if_not_exists(#version, :version)', '#epoch = if_not_exists(#epoch, :epoch)'];
  if (added.length > 0) set.push('#ring = list_append(if_not_exists(#ring, :none), :added)');
  if (isUnknown) set.push('#unknownAt = :at');
  const add = [...counts].map(([name, count]) => `#${name} :${count}`);
  const named = [
    ...['version', 'epoch'],
    ...(added.length > 0 ? ['ring'] : []),
    ...(isUnknown ? ['unknownAt'] : []),
    ...counts.keys(),
  ];
  const ring = added.length > 0 ? { ':none': { L: [] }, ':added': { L: added } } : {};
  return {
    Key: keyOf(update),
    UpdateExpression: `SET ${set.join(', ')} ADD ${add.join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ':version': numberValue(VERSION),
      ':epoch': numberValue(epoch),
      ...ring,
      ...(isUnknown ? { ':at': numberValue(at) } : {}),
      ...Object.fromEntries([...counts.values()].map((count) => [`:${count}`, numberValue(count)])),
    },
    ReturnValues: 'ALL_NEW',
  };
};

/**
 * The input of the UpdateItem that removes the oldest elements of a ring.
 *
 * Its condition is the length of the ring only, so that announcements made meanwhile do not make it fail: elements are only
 * added at the end, and a ring of that length keeps at least its last `ringSize`. The highest position comes first, so that it
 * does not matter whether a removal moves the elements behind it.
 *
 * @param length of the ring, more than `ringSize`
 */
export const trimmingUpdate = (
  page: Pick<PageUpdate, 'scope' | 'pages' | 'index'>,
  length: number,
  ringSize: number,
) => {
  const surplus = Math.min(length - ringSize, MAX_TRIMMED);
  const positions = Array.from({ length: surplus }, (_, index) => `#ring[${surplus - 1 - index}]`);
  return {
    Key: keyOf(page),
    UpdateExpression: `REMOVE ${positions.join(', ')}`,
    ConditionExpression: 'size(#ring) >= :length',
    ExpressionAttributeNames: { '#ring': 'ring' },
    ExpressionAttributeValues: { ':length': numberValue(ringSize + surplus) },
  };
};

/** An expression may have 4 KB, and 300 operands. */
const MAX_TRIMMED = 256;

/** The input of the Query that reads all pages of a scope, however many each writer has. */
export const pagesQuery = (scope: string, startKey: unknown) => ({
  KeyConditionExpression: '#scope = :scope',
  ExpressionAttributeNames: { '#scope': JOURNAL_KEY.scope },
  ExpressionAttributeValues: { ':scope': { S: scope } },
  ConsistentRead: true,
  ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
});

export const keyOf = ({
  scope,
  pages,
  index,
}: Pick<PageUpdate, 'scope' | 'pages' | 'index'>): AttributeMap => ({
  [JOURNAL_KEY.scope]: { S: scope },
  [JOURNAL_KEY.page]: numberValue(pages * PAGES_FACTOR + index),
});

const numberValue = (value: number): AttributeValue => ({ N: String(value) });

/**
 * Reads a page. Unknown attributes are ignored.
 *
 * @throws {UnusablePageError} if it is of a newer version, or has an attribute of another type or out of range
 * @throws {UnreadableValueError} if it is of another scope, and so not from the answer to the call
 */
export const readPage = (item: JsonObject, scope: string): JournalPage => {
  if (textIn(item[JOURNAL_KEY.scope], 'S') !== scope) return unreadable();
  const version = numberIn(item.version, 'version');
  if (version > VERSION) {
    throw new UnusablePageError(
      `the journal has a page of format ${VERSION + 1} or later, and this version reads format ${VERSION}: update the extension`,
    );
  }
  const number = numberIn(item[JOURNAL_KEY.page], JOURNAL_KEY.page);
  const pages = Math.floor(number / PAGES_FACTOR);
  const index = number % PAGES_FACTOR;
  if (version === 0 || index >= pages) throw malformed(version === 0 ? 'version' : JOURNAL_KEY.page);
  const stripes = new Map<number, number>();
  for (const name of Object.keys(item)) {
    const stripe = STRIPES_BY_NAME.get(name);
    if (stripe !== undefined) stripes.set(stripe, numberIn(item[name], name));
  }
  return {
    pages,
    index,
    epoch: numberIn(item.epoch, 'epoch'),
    head: numberIn(item.head, 'head'),
    everything: item.all === undefined ? 0 : numberIn(item.all, 'all'),
    unknown: item.unknown === undefined ? 0 : numberIn(item.unknown, 'unknown'),
    unknownAt: item.unknownAt === undefined ? 0 : numberIn(item.unknownAt, 'unknownAt'),
    stripes,
    ring: item.ring === undefined ? [] : ringIn(item.ring),
  };
};

const ringIn = (value: unknown): readonly AnnouncedKey[] => {
  const elements: unknown = isObject(value) ? value.L : undefined;
  if (!Array.isArray(elements)) throw malformed('ring');
  return elements.map((element: unknown) => {
    const number = numberIn(element, 'ring');
    if (number > MAX_RING_NUMBER) throw malformed('ring');
    return { hash: Math.floor(number / 2), isUnknown: number % 2 === 1 };
  });
};

const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,15})$/;

const numberIn = (value: unknown, name: string): number => {
  const text = textIn(value, 'N');
  const number = text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw malformed(name);
  return number;
};

const textIn = (value: unknown, type: 'N' | 'S'): string | undefined => {
  const text: unknown = isObject(value) ? value[type] : undefined;
  return typeof text === 'string' ? text : undefined;
};

const malformed = (name: string): UnusablePageError =>
  new UnusablePageError(
    `the journal has a page whose attribute ${name} is not as the extension writes it: delete that item to start its page again`,
  );
