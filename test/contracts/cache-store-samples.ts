import { type CacheEntry, EntryKey } from '../../src/domain/cache/cache-entry.ts';

/** A key of the group `Products`, or another one. */
export const keyOf = (id: string, group = 'Products'): EntryKey => new EntryKey(group, id);

/** An entry with one body of so many bytes. */
export const itemOf = (key: EntryKey, bytes = 100): CacheEntry => ({
  ...absenceOf(key),
  bodies: [{ contentType: 'application/json', bytes: new Uint8Array(bytes), digest: `of-${bytes}-bytes` }],
});

/** The knowledge that there is nothing under `key`. */
export const absenceOf = (key: EntryKey): CacheEntry => ({
  key,
  storedAt: 0,
  readOrder: 0,
  bodies: [],
  jitter: 0,
  refused: false,
});
