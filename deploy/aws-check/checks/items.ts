import type { Item, TableId } from '../cloud.ts';

const pathOf = (table: string, id: string): string =>
  `/dynamodb?${new URLSearchParams({ table, hashKey: id })}`;

/** An item that no check changes. Its number has all digits that DynamoDB stores. */
export const FIXED = {
  path: pathOf('Things', 'fixed'),
  item: { id: 'fixed', version: 1, exact: '12345678901234567890123456789012345678' },
} as const;

/** An item that does not exist. */
export const ABSENT_PATH = pathOf('Things', 'absent');

/** Another item that no check changes, for reads that must reach DynamoDB. */
export const PROBED_PATH = pathOf('Things', 'probed');

/** An item that is fresh for two seconds. */
export const BRIEF = { path: pathOf('Brief', 'short'), id: 'short' } as const;

/** Longer than the lifetime of `BRIEF`. */
export const BRIEF_EXPIRED_MS = 3_000;

/** An item whose changes are announced. */
export const SHARED = { path: pathOf('Shared', 'price'), id: 'price' } as const;

/** What the tables hold before the first check. */
export const SEED: readonly (readonly [TableId, Item])[] = [
  ['CHECK_THINGS', FIXED.item],
  ['CHECK_THINGS', { id: 'probed', version: 1 }],
  ['CHECK_BRIEF', { id: BRIEF.id, version: 1 }],
  ['CHECK_SHARED', { id: SHARED.id, version: 1 }],
];
