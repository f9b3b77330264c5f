import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyArena, type BodySlot } from '../../../src/adapters/memory/body-arena.ts';

const CHUNK = 65_536;

const bodyOf = (length: number, fill: number) => ({
  contentType: 'application/json',
  bytes: new Uint8Array(length).fill(fill),
  digest: `of-${fill}`,
});

const step = fc.oneof(
  { arbitrary: fc.record({ add: fc.integer({ min: 0, max: 12_000 }) }), weight: 3 },
  { arbitrary: fc.record({ free: fc.nat() }), weight: 2 },
);

describe('BodyArena', () => {
  it('gives back every body that it holds, whatever came and went, and holds few holes', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), (steps) => {
        const arena = new BodyArena();
        const live = new Map<BodySlot, ReturnType<typeof bodyOf>>();
        for (const [turn, next] of steps.entries()) {
          if ('add' in next) {
            const body = bodyOf(next.add, turn % 251);
            live.set(arena.add(body), body);
          } else {
            const slots = [...live.keys()];
            const slot = slots[next.free % slots.length];
            if (slot !== undefined) {
              arena.free(slot);
              live.delete(slot);
            }
          }
        }

        for (const [slot, { bytes, ...told }] of live) {
          expect(slot.body).toMatchObject(told);
          // Jest compares byte by byte, which takes a hundred times as long.
          expect(Buffer.compare(slot.body.bytes, bytes)).toBe(0);
        }
        const liveBytes = [...live.keys()].reduce((sum, { length }) => sum + length, 0);
        const chunks = new Set([...live.keys()].map(({ chunk }) => chunk));
        const bytesInUse = [...chunks].reduce((sum, { bytes }) => sum + bytes.length, 0);
        expect(arena.heldBytes).toBeGreaterThanOrEqual(bytesInUse);
        expect(arena.heldBytes).toBeLessThanOrEqual(liveBytes * 1.125 + 3 * CHUNK);
      }),
      { numRuns: 60 },
    );
  });

  it('lets a body be read on after it was freed and its chunk was left behind', () => {
    const arena = new BodyArena();
    const slots = Array.from({ length: 1_000 }, (_, index) => arena.add(bodyOf(1_000, index % 251)));
    const seen = slots.map((slot) => slot.body);

    for (const slot of slots) arena.free(slot);
    for (let index = 0; index < 1_000; index += 1) arena.add(bodyOf(1_000, 255));

    expect(seen.every(({ bytes }, index) => bytes.every((byte) => byte === index % 251))).toBe(true);
  });

  it('does not keep the buffer that a body was cut from', () => {
    const arena = new BodyArena();
    const whole = new Uint8Array(1_000_000);

    const slot = arena.add({ ...bodyOf(0, 1), bytes: whole.subarray(10, 20) });

    expect(slot.bytes.buffer).not.toBe(whole.buffer);
    expect(arena.heldBytes).toBe(CHUNK);
  });

  it('copies at most eight bytes for each that is added, to keep holes few', () => {
    const arena = new BodyArena();
    const slots: BodySlot[] = [];
    let copied = 0;
    const set = Uint8Array.prototype.set;
    Uint8Array.prototype.set = function (this: Uint8Array, source: ArrayLike<number>, at?: number) {
      copied += source.length;
      set.call(this, source, at);
    };
    try {
      for (let index = 0; index < 50_000; index += 1) {
        slots.push(arena.add(bodyOf(350, index % 251)));
        const place = (index * 7_919) % slots.length;
        const [gone] = slots.length > 2_000 ? slots.splice(place, 1) : [];
        if (gone !== undefined) arena.free(gone);
      }
    } finally {
      Uint8Array.prototype.set = set;
    }
    expect(copied).toBeLessThan(8 * 50_000 * 350);
  });
});
