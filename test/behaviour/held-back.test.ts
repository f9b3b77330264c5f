import { setImmediate as macrotask } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { cellsOf } from './cells.ts';
import { HELD_BACK } from './held-back.ts';
import { inBrief } from './in-brief.ts';
import { ScriptedOrigin } from './scripted-origin.ts';
import { OBSTACLES, type Obstacle, type Outcome, WISHES } from './vocabulary.ts';
import { World } from './world.ts';

const CASES = cellsOf(HELD_BACK, OBSTACLES).map(
  ({ situation, memory, wish, row }) => [situation, memory, wish, inBrief(row.answer), row] as const,
);

/** How each comes about: how long before the request, and what goes wrong then. */
const HISTORIES: Readonly<Record<Obstacle, { readonly agoMs: number; readonly wrong: Outcome }>> = {
  'a read of the key failed half a second ago': { agoMs: 500, wrong: 'an unusable answer' },
  'a read of the key was throttled half a second ago': { agoMs: 500, wrong: 'throttling' },
  'the table is out of reach and was probed half a second ago': { agoMs: 500, wrong: 'a lost connection' },
  'the table is out of reach and its probe is due': { agoMs: 1_000, wrong: 'a lost connection' },
  'the table is out of reach and nobody has probed it for five seconds': {
    agoMs: 5_000,
    wrong: 'a lost connection',
  },
  'too many reads wait': { agoMs: 0, wrong: 'a time-out' },
};

const arise = async (obstacle: Obstacle, world: World, origin: ScriptedOrigin): Promise<void> => {
  const { agoMs, wrong } = HISTORIES[obstacle];
  origin.answersWith(wrong);
  if (wrong === 'a time-out') {
    origin.hold();
    // One read is under way, and one waits for its turn.
    for (const id of ['one', 'two']) void world.ask(undefined, id);
    await macrotask();
    return;
  }
  const ids = wrong === 'a lost connection' ? ['one', 'two', 'three'] : ['k'];
  for (const id of ids) await world.ask('no-cache', id);
  origin.answersWith('an item');
  await world.advance(agoMs);
  origin.hold();
};

it.each(CASES)(
  '%s, memory has %s, the request says %s: %s',
  async (obstacle, memory, wish, _, { answer, asked, kept }) => {
    const clock = new FakeClock();
    const origin = new ScriptedOrigin(clock);
    const isCrowded = obstacle === 'too many reads wait';
    const world = new World(clock, origin, {
      overrides: { itemSource: origin.source },
      ...(isCrowded && { settings: { maxSourceReads: 1, maxWaitingReads: 1 } }),
    });
    await world.remember(memory, HISTORIES[obstacle].agoMs);
    await arise(obstacle, world, origin);

    const seen = await world.answerTo(WISHES[wish], isCrowded ? 'stays' : 'goes on');

    expect(seen).toEqual({ answer, asked });
    expect(world.kept()).toBe(kept);
  },
);
