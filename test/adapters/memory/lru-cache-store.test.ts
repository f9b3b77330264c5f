import { describe, expect, it } from '@jest/globals';
import { entryCost } from '../../../src/adapters/memory/entry-record.ts';
import { LruCacheStore } from '../../../src/adapters/memory/lru-cache-store.ts';
import { absenceOf, itemOf, keyOf } from '../../contracts/cache-store-samples.ts';

const item = (index: number) => itemOf(keyOf(`id-${index + 10_000}`));
const absence = (index: number) => absenceOf(keyOf(`no-${index + 10_000}`));
const itemCost = entryCost(item(0));
const absenceCost = entryCost(absence(0));

describe('LruCacheStore', () => {
  it('loses no item to a flood of made-up keys', () => {
    const maxBytes = 100 * itemCost;
    const store = new LruCacheStore({ maxBytes, maxAbsenceBytes: Math.floor(maxBytes / 16) });
    const items = Array.from({ length: 90 }, (_, index) => item(index));
    for (const entry of items) store.put(entry);
    for (let index = 0; index < 10_000; index += 1) store.put(absence(index));

    for (const entry of items) expect(store.get(entry.key)).toEqual(entry);
    expect(store.usage().bytes).toBeLessThanOrEqual(maxBytes);
    expect(store.usage().bytes - 90 * itemCost).toBeLessThanOrEqual(maxBytes / 16);
  });

  it('loses no known absence to a flood of items', () => {
    const maxBytes = 100 * itemCost;
    const store = new LruCacheStore({ maxBytes, maxAbsenceBytes: Math.floor(maxBytes / 16) });
    store.put(absence(0));
    for (let index = 0; index < 1_000; index += 1) store.put(item(index));

    expect(store.get(absence(0).key)).toBeDefined();
  });

  it('evicts the absence used least recently when their share is full', () => {
    const store = new LruCacheStore({ maxBytes: 100 * itemCost, maxAbsenceBytes: 3 * absenceCost });
    for (const index of [0, 1, 2]) store.put(absence(index));
    store.get(absence(0).key);
    store.put(absence(3));

    expect([0, 1, 2, 3].map((index) => store.get(absence(index).key) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(store.usage().evictions).toBe(1);
  });

  it('is full for an absence when their share is, however much room items have', () => {
    const store = new LruCacheStore({ maxBytes: 100 * itemCost, maxAbsenceBytes: 2 * absenceCost });

    expect([0, 1, 2].map((index) => store.putIfRoom(absence(index)))).toEqual(['stored', 'stored', 'full']);
    expect(store.putIfRoom(item(0))).toBe('stored');
    expect(store.usage()).toMatchObject({ entries: 3, evictions: 0 });
  });

  it('is full for an item when their share is, even below nine tenths of the whole', () => {
    const store = new LruCacheStore({ maxBytes: 20 * itemCost, maxAbsenceBytes: 10 * itemCost });
    const outcomes = Array.from({ length: 11 }, (_, index) => store.putIfRoom(item(index)));

    expect(outcomes).toEqual([...Array(10).fill('stored'), 'full']);
    expect(store.usage()).toMatchObject({ entries: 10, evictions: 0 });
  });

  it('keeps no absence in a share of 0 bytes, and still lets one replace the item', () => {
    const store = new LruCacheStore({ maxBytes: 100 * itemCost, maxAbsenceBytes: 0 });
    store.put(item(0));

    expect(store.put(absenceOf(item(0).key))).toBe('too_large');
    expect(store.get(item(0).key)).toBeUndefined();
  });

  it('divides maxEntries like the bytes, with one place for an absence at least', () => {
    const store = new LruCacheStore({
      maxBytes: 1000 * itemCost,
      maxAbsenceBytes: 60 * itemCost,
      maxEntries: 8,
    });
    for (let index = 0; index < 20; index += 1) {
      store.put(item(index));
      store.put(absence(index));
    }

    expect(store.usage()).toMatchObject({ entries: 8, maxEntries: 8 });
    expect(store.get(absence(19).key)).toBeDefined();
    expect(store.get(item(13).key)).toBeDefined();
  });

  it('gives the only place to items where maxEntries is 1', () => {
    const store = new LruCacheStore({
      maxBytes: 1000 * itemCost,
      maxAbsenceBytes: 60 * itemCost,
      maxEntries: 1,
    });

    expect(store.put(absence(0))).toBe('too_large');
    expect(store.put(item(0))).toBe('stored');
    expect(store.put(item(1))).toBe('stored');
    expect(store.usage()).toMatchObject({ entries: 1, evictions: 1 });
  });

  it('accepts a maxEntries far beyond the capacity in bytes', () => {
    const bounds = { maxBytes: 100 * itemCost, maxAbsenceBytes: 0, maxEntries: Number.MAX_SAFE_INTEGER };

    expect(new LruCacheStore(bounds).put(item(0))).toBe('stored');
  });

  it.each([
    { maxBytes: 0, maxAbsenceBytes: 0 },
    { maxBytes: 1.5, maxAbsenceBytes: 0 },
    { maxBytes: 100, maxAbsenceBytes: 101 },
    { maxBytes: 100, maxAbsenceBytes: -1 },
    { maxBytes: 100, maxAbsenceBytes: 10, maxEntries: 0 },
  ])('refuses the bounds %j', (bounds) => {
    expect(() => new LruCacheStore(bounds)).toThrow(RangeError);
  });
});
