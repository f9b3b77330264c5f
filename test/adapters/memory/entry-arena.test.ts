import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EntryArena } from '../../../src/adapters/memory/entry-arena.ts';
import { recordLength } from '../../../src/adapters/memory/entry-record.ts';
import { type CacheEntry, EntryKey, bodyOf as firstOf } from '../../../src/domain/cache/cache-entry.ts';

const CHUNK = 65_536;
const KEY = new EntryKey('Table', 'id');

const bodyOf = (length: number, fill: number) => ({
  contentType: 'application/json',
  bytes: new Uint8Array(length).fill(fill),
  digest: `of-${fill}`,
});

const entryOf = (...bodies: CacheEntry['bodies']): CacheEntry => ({
  key: KEY,
  storedAt: 1,
  readOrder: 2,
  jitter: 0,
  refused: false,
  bodies,
});

/** All but the bytes, which Jest compares one by one: that takes a hundred times as long as `Buffer.compare`. */
const toldBy = ({ bodies, ...entry }: CacheEntry) => ({
  ...entry,
  bodies: bodies.map(({ bytes: _, ...body }) => body),
});

const bytesOf = ({ bodies }: CacheEntry) => Buffer.concat(bodies.map(({ bytes }) => bytes));

/** How many bytes `work` copies. */
const countCopied = (work: () => void): number => {
  let copied = 0;
  const set = Uint8Array.prototype.set;
  Uint8Array.prototype.set = function (this: Uint8Array, source: ArrayLike<number>, at?: number) {
    copied += source.length;
    set.call(this, source, at);
  };
  try {
    work();
  } finally {
    Uint8Array.prototype.set = set;
  }
  return copied;
};

const anyBody = fc
  .record({
    contentType: fc.constantFrom('application/json', 'application/x-amz-json-1.0', 'text/é'),
    mediaType: fc.constantFrom(undefined, 'application/octet-stream', 'text/html; charset=utf-8'),
    digest: fc.oneof(fc.base64String(), fc.string({ unit: 'grapheme' })),
    length: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 12_000 })),
    fill: fc.nat(255),
  })
  .map(({ contentType, mediaType, digest, length, fill }) => ({
    contentType,
    ...(mediaType === undefined ? {} : { mediaType }),
    digest,
    bytes: new Uint8Array(length).fill(fill),
  }));

const anyEntry: fc.Arbitrary<CacheEntry> = fc.record({
  key: fc.constant(KEY),
  storedAt: fc.double({ noNaN: true }),
  readOrder: fc.maxSafeNat(),
  jitter: fc.double({ min: 0, max: 0.1, noNaN: true }),
  refused: fc.boolean(),
  bodies: fc.array(anyBody, { maxLength: 3 }),
});

const step = fc.oneof(
  { arbitrary: fc.record({ add: anyEntry, cost: fc.integer({ min: 1, max: 0xff_ff_ff_ff }) }), weight: 3 },
  { arbitrary: fc.record({ free: fc.nat() }), weight: 2 },
);

describe('EntryArena', () => {
  it('gives back every entry that it holds, whatever came and went, and holds few holes', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), (steps) => {
        const arena = new EntryArena();
        const live = new Map<number, { entry: CacheEntry; cost: number }>();
        for (const next of steps) {
          if ('add' in next) {
            const slot = arena.add(next.add, next.cost);
            expect(live.has(slot)).toBe(false);
            live.set(slot, { entry: next.add, cost: next.cost });
          } else {
            const slots = [...live.keys()];
            const slot = slots[next.free % slots.length];
            if (slot !== undefined) {
              arena.free(slot);
              live.delete(slot);
            }
          }
        }

        for (const [slot, { entry, cost }] of live) {
          const kept = arena.entryAt(slot, KEY);
          expect(toldBy(kept)).toEqual(toldBy(entry));
          expect(kept.bodies.map(({ bytes }) => bytes.length)).toEqual(
            entry.bodies.map(({ bytes }) => bytes.length),
          );
          expect(Buffer.compare(bytesOf(kept), bytesOf(entry))).toBe(0);
          expect(arena.costAt(slot)).toBe(cost);
        }
        const liveBytes = [...live.values()].reduce((sum, { entry }) => sum + recordLength(entry), 0);
        expect(arena.liveBytes).toBe(liveBytes);
        expect(arena.heldBytes).toBeGreaterThanOrEqual(liveBytes);
        expect(arena.heldBytes).toBeLessThanOrEqual(liveBytes * 1.125 + 3 * CHUNK);
      }),
      { numRuns: 60 },
    );
  });

  it('moves the entry that took the slot of another in the same chunk, not that other', () => {
    const arena = new EntryArena();
    const freed = arena.add(entryOf(bodyOf(1_000, 1)), 1);
    arena.free(freed);
    const slot = arena.add(entryOf(bodyOf(1_000, 2)), 1);
    const others = Array.from({ length: 1_000 }, () => arena.add(entryOf(bodyOf(1_000, 3)), 1));
    const heldBytes = arena.heldBytes;
    for (const other of others) arena.free(other);

    expect(slot).toBe(freed);
    expect(arena.heldBytes).toBeLessThan(heldBytes / 2);
    expect(bytesOf(arena.entryAt(slot, KEY))).toEqual(Buffer.alloc(1_000, 2));
  });

  it('keeps a body readable after its entry was freed and its chunk was removed', () => {
    const arena = new EntryArena();
    const slots = Array.from({ length: 1_000 }, (_, index) =>
      arena.add(entryOf(bodyOf(1_000, index % 251)), 1),
    );
    const seen = slots.map((slot) => firstOf(arena.entryAt(slot, KEY), 'application/json'));

    for (const slot of slots) arena.free(slot);
    for (let index = 0; index < 1_000; index += 1) arena.add(entryOf(bodyOf(1_000, 255)), 1);

    expect(seen.every((body, index) => body?.bytes.every((byte) => byte === index % 251))).toBe(true);
  });

  it('does not keep the buffer that a body was cut from', () => {
    const arena = new EntryArena();
    const whole = new Uint8Array(1_000_000);

    const slot = arena.add(entryOf({ ...bodyOf(0, 1), bytes: whole.subarray(10, 20) }), 1);

    const [body] = arena.entryAt(slot, KEY).bodies;
    expect(body?.bytes).toEqual(new Uint8Array(10));
    expect(body?.bytes.buffer).not.toBe(whole.buffer);
    expect(arena.heldBytes).toBe(CHUNK);
  });

  it('rejects a slot that was freed', () => {
    const arena = new EntryArena();
    const slot = arena.add(entryOf(), 1);
    arena.free(slot);

    expect(() => arena.entryAt(slot, KEY)).toThrow('slot 0 is not in use');
    expect(() => arena.free(slot)).toThrow('slot 0 is not in use');
  });

  it.each([1_000, 1_950, 2_000, 2_048, 2_200, 4_000, 5_000, 5_959, 6_555, 7_282, 7_400, 8_000, 8_192])(
    'copies at most eight bytes for each that random entries leave, and its own, where records take %d',
    (length) => {
      const arena = new EntryArena();
      const entry = entryOf(bodyOf(length - recordLength(entryOf(bodyOf(0, 1))), 1));
      expect(recordLength(entry)).toBe(length);
      const slots = Array.from({ length: Math.ceil(8_000_000 / length) }, () => arena.add(entry, 1));
      const rounds = 2 * slots.length;

      const copied = countCopied(() => {
        for (let index = 0; index < rounds; index += 1) {
          const place = (index * 7_919) % slots.length;
          arena.free(slots[place] ?? 0);
          slots[place] = arena.add(entry, 1);
        }
      });

      expect(copied / (rounds * length)).toBeLessThan(9);
    },
  );

  it('keeps holes few where random entries leave, and copies at most eight bytes for each that is added', () => {
    const arena = new EntryArena();
    const slots: number[] = [];
    const copied = countCopied(() => {
      for (let index = 0; index < 50_000; index += 1) {
        slots.push(arena.add(entryOf(bodyOf(350, index % 251)), 1));
        const place = (index * 7_919) % slots.length;
        const [gone] = slots.length > 2_000 ? slots.splice(place, 1) : [];
        if (gone !== undefined) arena.free(gone);
      }
    });
    expect(copied).toBeLessThan(8 * 50_000 * 350);
    expect(arena.heldBytes).toBeLessThanOrEqual(arena.liveBytes * 1.125 + 3 * CHUNK);
  });
});
