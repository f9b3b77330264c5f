import { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { type CacheGroup, type Lifetimes, TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';

export const PLAIN = 'application/json';
export const TYPED = 'application/x-amz-json-1.0';

/** A minute fresh, half a minute stale while it is read again, an hour stale while the source fails; absences ten seconds. */
export const LIFETIMES: Lifetimes = {
  ttlMs: 60_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 3_600_000,
};

/** A key of the group `Products`, or another one. */
export const keyOf = (id: string, group = 'Products'): EntryKey => new EntryKey(group, id);

/** Keys `<prefix>0`, `<prefix>1` and so on. */
export const keysOf = (count: number, prefix = 'k', group = 'Products'): readonly EntryKey[] =>
  Array.from({ length: count }, (_, index) => keyOf(`${prefix}${index}`, group));

/** A group that keeps plain bodies and preloads nothing, but for what is said otherwise. */
export const groupOf = (
  name = 'Products',
  lifetimes: Partial<Lifetimes> = {},
  preload: Partial<CacheGroup['preload']> = {},
): CacheGroup => ({
  name,
  policy: new TtlPolicy({ ...LIFETIMES, ...lifetimes }),
  contentTypes: [PLAIN],
  preload: { keys: [], everything: false, ...preload },
});
