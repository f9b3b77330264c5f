import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fence } from '../../../src/application/storing/fence.ts';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { keyOf } from '../../support/application/create-application.ts';
import { fenceOf } from '../../support/application/create-source-calls.ts';

const KEYS: readonly EntryKey[] = ['Products', 'Orders'].flatMap((group) =>
  ['a', 'b', 'c', 'd'].map((id) => keyOf(id, group)),
);

type Step =
  | { readonly do: 'begin' }
  | { readonly do: 'end' | 'store'; readonly read: number; readonly key: EntryKey }
  | { readonly do: 'invalidate'; readonly key: EntryKey }
  | { readonly do: 'invalidateGroup'; readonly key: EntryKey };

const key = fc.constantFrom(...KEYS);
const read = fc.nat({ max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'begin' } as const) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('end', 'store'), read, key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('invalidate'), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidateGroup'), key }) },
);

/** All events since the start, without a limit. */
class Chronicle {
  #time = 0;
  readonly open: { readonly order: number; readonly begunAt: number }[] = [];
  readonly #barred: { readonly matches: (key: EntryKey) => boolean; readonly before: number }[] = [];

  begin(order: number): void {
    this.#time += 1;
    this.open.push({ order, begunAt: this.#time });
  }

  bar(matches: (key: EntryKey) => boolean, before?: number): void {
    this.#time += 1;
    this.#barred.push({ matches, before: before ?? this.#time });
  }

  admits(asked: EntryKey, begunAt: number): boolean {
    return !this.#barred.some(({ matches, before }) => matches(asked) && begunAt < before);
  }
}

/** Plays the steps to both, and calls `compare` after each. */
const play = (
  fence: Fence,
  steps: readonly Step[],
  compare: (byFence: boolean, byChronicle: boolean) => void,
): void => {
  const chronicle = new Chronicle();
  for (const each of steps) {
    if (each.do === 'begin') chronicle.begin(fence.begin());
    else if (each.do === 'invalidate') {
      fence.invalidate(each.key);
      chronicle.bar(({ text }) => text === each.key.text);
    } else if (each.do === 'invalidateGroup') {
      fence.invalidateGroup(each.key.group);
      chronicle.bar(({ group }) => group === each.key.group);
    } else {
      const at = chronicle.open.length === 0 ? 0 : each.read % chronicle.open.length;
      const chosen = chronicle.open[at];
      if (chosen === undefined) continue;
      if (each.do === 'end') {
        chronicle.open.splice(at, 1);
        fence.end(chosen.order);
      } else if (fence.admits(each.key, chosen.order)) {
        fence.stored(each.key, chosen.order);
        // The read itself is barred too: it stores a key once.
        chronicle.bar(({ text }) => text === each.key.text, chosen.begunAt + 0.5);
      }
    }
    for (const { order, begunAt } of chronicle.open) {
      for (const asked of KEYS) compare(fence.admits(asked, order), chronicle.admits(asked, begunAt));
    }
  }
};

describe('Fence, whatever happens', () => {
  it('admits exactly the reads whose key was neither invalidated nor stored from a later read after they began', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        play(fenceOf(), steps, (byFence, byChronicle) => expect(byFence).toBe(byChronicle));
      }),
    );
  });

  it('with few marks, admits no read that it should reject, and always admits a read that begins now', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
        const fence = fenceOf(limit);
        play(fence, steps, (byFence, byChronicle) => expect(byFence && !byChronicle).toBe(false));

        const now = fence.begin();
        expect(KEYS.every((asked) => fence.admits(asked, now))).toBe(true);
      }),
    );
  });
});
