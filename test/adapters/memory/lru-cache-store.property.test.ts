import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entryCost } from '../../../src/adapters/memory/entry-record.ts';
import { LruCacheStore } from '../../../src/adapters/memory/lru-cache-store.ts';
import { type CacheEntry, isAbsence } from '../../../src/domain/cache/cache-entry.ts';
import type { StoreOutcome } from '../../../src/ports/outbound/cache-store.ts';
import { absenceOf, itemOf, keyOf } from '../../contracts/cache-store-samples.ts';

type Bounds = { maxBytes: number; maxAbsenceBytes: number; maxEntries: number | undefined };
type Step =
  | { do: 'put'; id: string; group: string; bytes: number }
  | { do: 'putIfRoom'; id: string; group: string; bytes: number }
  | { do: 'get'; id: string; group: string }
  | { do: 'delete'; id: string; group: string }
  | { do: 'deleteGroup'; group: string };

/** The store as a list in order of use, the least recently used first. */
class Model {
  readonly #bounds: Bounds;
  entries: CacheEntry[] = [];
  evictions = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get bytes(): number {
    return this.entries.reduce((sum, entry) => sum + entryCost(entry), 0);
  }

  get(text: string): CacheEntry | undefined {
    const entry = this.entries.find(({ key }) => key.text === text);
    if (entry !== undefined) this.entries = [...this.entries.filter((other) => other !== entry), entry];
    return entry;
  }

  put(entry: CacheEntry): StoreOutcome {
    this.forget(({ key }) => key.text === entry.key.text);
    if (this.#isTooLarge(entry)) return 'too_large';
    while (!this.#shareHolds([...this.entries, entry], entry)) this.#evictLike(entry);
    this.entries.push(entry);
    return 'stored';
  }

  putIfRoom(entry: CacheEntry): StoreOutcome {
    const after = [...this.entries.filter(({ key }) => key.text !== entry.key.text), entry];
    const bytes = after.reduce((sum, other) => sum + entryCost(other), 0);
    const fits =
      this.#shareHolds(after, entry) &&
      bytes <= this.#bounds.maxBytes * 0.9 &&
      after.length <= (this.#bounds.maxEntries ?? Infinity) * 0.9;
    return fits || this.#isTooLarge(entry) ? this.put(entry) : 'full';
  }

  forget(which: (entry: CacheEntry) => boolean): void {
    this.entries = this.entries.filter((entry) => !which(entry));
  }

  #isTooLarge(entry: CacheEntry): boolean {
    return entryCost(entry) * 8 > this.#bounds.maxBytes || !this.#shareHolds([entry], entry);
  }

  #shareHolds(entries: readonly CacheEntry[], like: CacheEntry): boolean {
    const { maxBytes, maxAbsenceBytes, maxEntries } = this.#bounds;
    const kin = entries.filter((entry) => isAbsence(entry) === isAbsence(like));
    const bytes = kin.reduce((sum, entry) => sum + entryCost(entry), 0);
    const absences =
      maxEntries === undefined
        ? Infinity
        : maxAbsenceBytes === 0
          ? 0
          : Math.min(maxEntries - 1, Math.max(1, Math.floor(maxEntries * (maxAbsenceBytes / maxBytes))));
    if (isAbsence(like)) return bytes <= maxAbsenceBytes && kin.length <= absences;
    return (
      bytes <= maxBytes - maxAbsenceBytes &&
      kin.length <= (maxEntries ?? Infinity) - (maxEntries ? absences : 0)
    );
  }

  #evictLike(entry: CacheEntry): void {
    const oldest = this.entries.find((other) => isAbsence(other) === isAbsence(entry));
    this.forget((other) => other === oldest);
    this.evictions += 1;
  }
}

const id = fc.constantFrom(...'abcdefghijklmnop');
const group = fc.constantFrom('T', 'T2');
/** Small ones as well, so that a bound of a few of the larger ones is met by many. */
const bytes = fc.oneof(fc.nat(1500), fc.nat(150));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), id, group, bytes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('put' as const), id, group, bytes: fc.constant(-1) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('putIfRoom' as const),
      id,
      group,
      bytes: fc.integer({ min: -1, max: 1500 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('get' as const), id, group }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), id, group }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deleteGroup' as const), group }) },
);
/** Most of them are reached in bytes before they are in entries: else a wrong bound of bytes shows in one run of thirty only. */
const bounds: fc.Arbitrary<Bounds> = fc
  .record({
    maxBytes: fc.oneof(
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
      { weight: 3, arbitrary: fc.integer({ min: 2_000, max: 8_000 }) },
    ),
    absenceShare: fc.constantFrom(0, 0, 1 / 16, 1 / 4, 1 / 2, 1),
    maxEntries: fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
    ),
  })
  .map(({ maxBytes, absenceShare, maxEntries }) => ({
    maxBytes,
    maxAbsenceBytes: Math.floor(maxBytes * absenceShare),
    maxEntries,
  }));

/** As long as may be: by itself fast-check would seldom go beyond ten. */
const walk = fc.array(step, { minLength: 1, maxLength: 80, size: 'max' });

/** A body of -1 bytes stands for no body at all. */
const entryOf = ({ id, group, bytes }: { id: string; group: string; bytes: number }): CacheEntry =>
  bytes < 0 ? absenceOf(keyOf(id, group)) : itemOf(keyOf(id, group), bytes);

describe('LruCacheStore beside a model', () => {
  it('is never above its bounds, evicts in order of use, and holds what was put last', () => {
    fc.assert(
      fc.property(bounds, walk, (limits, steps) => {
        const { maxEntries, ...byteBounds } = limits;
        const store = new LruCacheStore(
          maxEntries === undefined ? byteBounds : { ...byteBounds, maxEntries },
        );
        const model = new Model(limits);
        for (const next of steps) {
          if (next.do === 'deleteGroup') {
            store.deleteGroup(next.group);
            model.forget(({ key }) => key.group === next.group);
          } else if (next.do === 'delete') {
            const key = keyOf(next.id, next.group);
            store.delete(key);
            model.forget((entry) => entry.key.text === key.text);
          } else if (next.do === 'get') {
            const key = keyOf(next.id, next.group);
            expect(store.get(key)).toEqual(model.get(key.text));
          } else {
            const entry = entryOf(next);
            expect(store[next.do](entry)).toBe(model[next.do](entry));
          }
          expect(store.usage()).toEqual({
            entries: model.entries.length,
            bytes: model.bytes,
            maxBytes: limits.maxBytes,
            ...(maxEntries === undefined ? {} : { maxEntries }),
            evictions: model.evictions,
          });
          expect(model.bytes).toBeLessThanOrEqual(limits.maxBytes);
          expect(model.entries.length).toBeLessThanOrEqual(maxEntries ?? Infinity);
        }
        for (const entry of [...model.entries]) expect(store.get(entry.key)).toEqual(entry);
      }),
      { numRuns: 150 },
    );
  });
});
