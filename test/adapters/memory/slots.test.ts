import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Slots } from '../../../src/adapters/memory/entry-arena.ts';

const place = fc.tuple(fc.nat(), fc.nat());
const step = fc.oneof(
  { arbitrary: fc.record({ take: place }), weight: 4 },
  { arbitrary: fc.record({ move: fc.nat(), to: place }), weight: 1 },
  { arbitrary: fc.record({ release: fc.nat() }), weight: 2 },
);

describe('Slots', () => {
  it('tell where everything lies, whatever came, moved and went', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const slots = new Slots();
        const model = new Map<number, readonly [number, number]>();
        const oneOf = (which: number) => [...model.keys()][which % Math.max(1, model.size)];
        for (const next of steps) {
          if ('take' in next) {
            const slot = slots.take(...next.take);
            expect(model.has(slot)).toBe(false);
            model.set(slot, next.take);
            continue;
          }
          const slot = oneOf('move' in next ? next.move : next.release);
          if (slot === undefined) continue;
          if ('move' in next) {
            slots.move(slot, ...next.to);
            model.set(slot, next.to);
          } else {
            slots.release(slot);
            model.delete(slot);
          }
        }
        for (const [slot, at] of model) expect([slots.chunkOf(slot), slots.offsetOf(slot)]).toEqual(at);
      }),
    );
  });

  it('are reused before new ones are added', () => {
    const slots = new Slots();
    const taken = Array.from({ length: 40 }, (_, index) => slots.take(index, 0));
    for (const slot of taken) slots.release(slot);
    const again = Array.from({ length: 40 }, (_, index) => slots.take(index, 0));

    expect([...again].sort((one, other) => one - other)).toEqual(taken);
    expect(slots.take(1, 1)).toBe(40);
  });

  it('have no record after their release', () => {
    const slots = new Slots();
    const slot = slots.take(3, 4);
    slots.release(slot);

    expect(slots.chunkOf(slot)).toBe(0xff_ff_ff_ff);
  });
});
