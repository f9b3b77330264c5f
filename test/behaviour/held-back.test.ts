import { setImmediate as macrotask } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { cellsOf } from './cells.ts';
import { HELD_BACK } from './held-back.ts';
import { inBrief } from './in-brief.ts';
import { ScriptedOrigin } from './scripted-origin.ts';
import { DIRECTIVES, OBSTACLES, type Obstacle, type Outcome } from './vocabulary.ts';
import { World } from './world.ts';

const CASES = cellsOf(HELD_BACK, OBSTACLES).map(
  ({ situation, cacheState, directive, row }) =>
    [situation, cacheState, directive, inBrief(row.answer), row] as const,
);

/** The cause of each obstacle: how long before the request, and what fails then. */
const HISTORIES: Readonly<Record<Obstacle, { readonly agoMs: number; readonly wrong: Outcome }>> = {
  'a read of the key failed half a second ago': { agoMs: 500, wrong: 'an unusable answer' },
  'a read of the key was throttled half a second ago': { agoMs: 500, wrong: 'throttling' },
  'the circuit breaker is open and the last probe was half a second ago': {
    agoMs: 500,
    wrong: 'a lost connection',
  },
  'the circuit breaker is open and a probe is due': { agoMs: 1_000, wrong: 'a lost connection' },
  'the circuit breaker is open and had no probe for five seconds': {
    agoMs: 5_000,
    wrong: 'a lost connection',
  },
  'too many reads are queued': { agoMs: 0, wrong: 'a time-out' },
};

const arise = async (obstacle: Obstacle, world: World, origin: ScriptedOrigin): Promise<void> => {
  const { agoMs, wrong } = HISTORIES[obstacle];
  origin.answersWith(wrong);
  if (wrong === 'a time-out') {
    origin.hold();
    // One read is in flight, and one is queued.
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
  '%s, cache holds %s, request has %s: answers %s',
  async (obstacle, cacheState, directive, _, { answer, asked, kept }) => {
    const clock = new FakeClock();
    const origin = new ScriptedOrigin(clock);
    const isCrowded = obstacle === 'too many reads are queued';
    const world = new World(clock, origin, {
      overrides: { itemSource: origin.source },
      ...(isCrowded && { settings: { maxSourceReads: 1, maxWaitingReads: 1 } }),
    });
    await world.fill(cacheState, HISTORIES[obstacle].agoMs);
    await arise(obstacle, world, origin);

    const seen = await world.answerTo(DIRECTIVES[directive], isCrowded ? 'stays pending' : 'completes');

    expect(seen).toEqual({ answer, asked });
    expect(world.kept()).toBe(kept);
  },
);
