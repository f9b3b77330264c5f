import { expect, it } from '@jest/globals';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { cellsOf } from './cells.ts';
import { inBrief } from './in-brief.ts';
import { ScriptedOrigin } from './scripted-origin.ts';
import { TABLE } from './table.ts';
import { DIRECTIVES, keysOf, OUTCOMES } from './vocabulary.ts';
import { World } from './world.ts';

const CASES = cellsOf(TABLE, keysOf(OUTCOMES)).map(
  ({ situation, cacheState, directive, row }) =>
    [cacheState, situation, directive, inBrief(row.answer), row] as const,
);

it.each(CASES)(
  'cache holds %s, DynamoDB returns %s, request has %s: answers %s',
  async (cacheState, outcome, directive, _, { answer, asked, kept, restMs = 0 }) => {
    const clock = new FakeClock();
    const origin = new ScriptedOrigin(clock);
    const world = new World(clock, origin, { overrides: { itemSource: origin.source } });
    await world.fill(cacheState);
    origin.answersWith(outcome);
    origin.hold();

    const seen = await world.answerTo(
      DIRECTIVES[directive],
      outcome === 'a time-out' ? 'times out' : 'completes',
    );

    expect(seen).toEqual({ answer, asked });
    expect(world.kept()).toBe(kept);
    if (restMs > 0) expect(await world.asksAfter(restMs - 1)).toBe(false);
    expect(await world.asksAfter(restMs)).toBe(true);
  },
);
