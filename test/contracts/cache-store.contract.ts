import { describe, expect, it } from '@jest/globals';
import type { CacheEntry } from '../../src/domain/cache/cache-entry.ts';
import type { CacheStore } from '../../src/ports/outbound/cache-store.ts';
import { absenceOf, itemOf, keyOf } from './cache-store-samples.ts';

/** A store under test, and what it counts for an entry. */
export interface CacheStoreSubject {
  readonly name: string;
  readonly create: (bounds: { maxBytes: number; maxEntries?: number }) => CacheStore;
  readonly costOf: (entry: CacheEntry) => number;
}

/** What every `CacheStore` promises. */
export const describeCacheStore = ({ name, create, costOf }: CacheStoreSubject): void => {
  describe(`${name} as a CacheStore`, () => {
    const item = (index: number, bytes = 100): CacheEntry => itemOf(keyOf(`id-${index + 100}`), bytes);
    const unit = costOf(item(0));
    const roomFor = (entries: number): CacheStore => create({ maxBytes: Math.ceil(unit * entries) });
    /** Puts items from `first` on until one had to go for another; answers how many were put. */
    const putUntilEviction = (store: CacheStore, touched: CacheEntry): number => {
      let index = 1;
      for (; store.usage().evictions === 0; index += 1) {
        store.get(touched.key);
        store.put(item(index));
      }
      return index - 1;
    };

    it('knows nothing at the beginning', () => {
      const store = roomFor(10);

      expect(store.get(keyOf('a'))).toBeUndefined();
      expect(store.usage()).toEqual({ entries: 0, bytes: 0, maxBytes: unit * 10, evictions: 0 });
    });

    it('gives back the very entry that was put, whatever object the key is', () => {
      const store = roomFor(20);
      const found = itemOf(keyOf('a'));
      const absent = absenceOf(keyOf('b'));
      store.put(found);
      store.put(absent);

      expect(store.get(keyOf('a'))).toEqual(found);
      expect(store.get(keyOf('b'))).toEqual(absent);
    });

    it('tells apart keys of the same id in different groups', () => {
      const store = roomFor(20);
      store.put(itemOf(keyOf('a', 'Products')));

      expect(store.get(keyOf('a', 'Orders'))).toBeUndefined();
    });

    it('keeps the last entry of a key, item or absence, and counts it once', () => {
      const store = roomFor(20);
      const entries = [
        itemOf(keyOf('a'), 10),
        itemOf(keyOf('a'), 50),
        absenceOf(keyOf('a')),
        itemOf(keyOf('a'), 20),
      ];
      for (const entry of entries) {
        expect(store.put(entry)).toBe('stored');
        expect(store.get(entry.key)).toEqual(entry);
        expect(store.usage()).toMatchObject({ entries: 1, bytes: costOf(entry), evictions: 0 });
      }
    });

    it('counts the bytes of what it holds', () => {
      const store = roomFor(20);
      store.put(item(1, 10));
      store.put(item(2, 30));

      expect(store.usage()).toMatchObject({ entries: 2, bytes: costOf(item(1, 10)) + costOf(item(2, 30)) });
    });

    it('counts something even for an entry without a body', () => {
      const store = roomFor(20);
      store.put(absenceOf(keyOf('a')));

      expect(store.usage().bytes).toBeGreaterThan(0);
    });

    it('evicts what was used least recently, and stays within maxBytes', () => {
      const store = roomFor(20);
      store.put(item(0));
      const last = putUntilEviction(store, item(0));

      expect(store.get(item(0).key)).toBeDefined();
      expect(store.get(item(1).key)).toBeUndefined();
      expect(store.get(item(2).key)).toBeDefined();
      expect(store.get(item(last).key)).toBeDefined();
      expect(store.usage().bytes).toBeLessThanOrEqual(unit * 20);
      expect(store.usage().evictions).toBe(1);
    });

    it('evicts what was used least recently, and stays within maxEntries', () => {
      const store = create({ maxBytes: unit * 1000, maxEntries: 10 });
      store.put(item(0));
      putUntilEviction(store, item(0));

      expect(store.get(item(0).key)).toBeDefined();
      expect(store.get(item(1).key)).toBeUndefined();
      expect(store.usage()).toMatchObject({ maxEntries: 10, evictions: 1 });
      expect(store.usage().entries).toBeLessThanOrEqual(10);
    });

    it('stores what takes exactly an eighth of the bound', () => {
      expect(create({ maxBytes: unit * 8 }).put(item(0))).toBe('stored');
    });

    it.each(['put', 'putIfRoom'] as const)(
      '%s of what is larger than an eighth removes the older entry',
      (method) => {
        const store = create({ maxBytes: unit * 8 });
        for (const older of [item(0), absenceOf(item(0).key)]) {
          store.put(older);

          expect(store[method](item(0, 101))).toBe('too_large');
          expect(store.get(older.key)).toBeUndefined();
          expect(store.usage()).toMatchObject({ entries: 0, bytes: 0 });
        }
      },
    );

    it('putIfRoom stores while nine tenths suffice, then is full and changes nothing', () => {
      const store = roomFor(20);
      const outcomes = Array.from({ length: 20 }, (_, index) => store.putIfRoom(item(index)));

      expect(outcomes).toEqual([...Array(18).fill('stored'), 'full', 'full']);
      expect(store.usage()).toEqual({ entries: 18, bytes: unit * 18, maxBytes: unit * 20, evictions: 0 });
      expect(store.get(item(18).key)).toBeUndefined();
      expect(store.get(item(0).key)).toBeDefined();
    });

    it('putIfRoom heeds nine tenths of maxEntries', () => {
      const store = create({ maxBytes: unit * 1000, maxEntries: 20 });
      const outcomes = Array.from({ length: 20 }, (_, index) => store.putIfRoom(item(index)));

      expect(outcomes).toEqual([...Array(18).fill('stored'), 'full', 'full']);
    });

    it('putIfRoom replaces an entry in a full store if the new one is no larger', () => {
      const store = roomFor(20);
      for (let index = 0; index < 18; index += 1) store.putIfRoom(item(index));
      const larger = item(3, 101);
      const equal = item(3, 100);

      expect(store.putIfRoom(larger)).toBe('full');
      expect(store.get(larger.key)).not.toEqual(larger);
      expect(store.get(larger.key)).toBeDefined();
      expect(store.putIfRoom(equal)).toBe('stored');
      expect(store.get(equal.key)).toEqual(equal);
    });

    it('does not count it as use when putIfRoom finds no room', () => {
      const store = roomFor(20);
      for (let index = 0; index < 18; index += 1) store.putIfRoom(item(index));
      store.putIfRoom(item(0, 101));
      for (let index = 18; store.usage().evictions === 0; index += 1) store.put(item(index));

      expect(store.get(item(0).key)).toBeUndefined();
      expect(store.get(item(1).key)).toBeDefined();
    });

    it('forgets one entry, found or absent, and nothing else', () => {
      const store = roomFor(20);
      const entries = [itemOf(keyOf('a')), absenceOf(keyOf('b')), itemOf(keyOf('c'))];
      for (const entry of entries) store.put(entry);
      store.delete(keyOf('a'));
      store.delete(keyOf('b'));
      store.delete(keyOf('never put'));

      expect(entries.map(({ key }) => store.get(key))).toEqual([undefined, undefined, entries[2]]);
      expect(store.usage()).toMatchObject({ entries: 1, bytes: costOf(itemOf(keyOf('c'))) });
    });

    it('forgets a whole group, and no group whose name begins alike', () => {
      const store = roomFor(40);
      const doomed = [itemOf(keyOf('a', 'T')), itemOf(keyOf('b', 'T')), absenceOf(keyOf('c', 'T'))];
      const kept = [itemOf(keyOf('a', 'T2')), absenceOf(keyOf('T', 'U'))];
      for (const entry of [...doomed, ...kept]) store.put(entry);
      store.deleteGroup('T');

      expect(doomed.map(({ key }) => store.get(key))).toEqual([undefined, undefined, undefined]);
      expect(kept.map(({ key }) => store.get(key))).toEqual(kept);
      expect(store.usage().entries).toBe(2);
    });

    it('does not call it an eviction when entries are replaced or forgotten', () => {
      const store = roomFor(20);
      store.put(item(0));
      store.put(item(0));
      store.delete(item(0).key);
      store.put(item(1));
      store.deleteGroup(item(1).key.group);

      expect(store.usage()).toMatchObject({ entries: 0, bytes: 0, evictions: 0 });
    });
  });
};
