import { setTimeout as delay } from 'node:timers/promises';
import type { Narrator } from '../narration/narrator.ts';
import { type EndSignals, INTERRUPTED } from '../stage/end-signals.ts';
import type { Surroundings } from '../stage/surroundings.ts';
import { FleetStage, MODES, type ShownPrices } from './fleet-stage.ts';
import { PriceHistory } from './price-history.ts';

const ROUNDS_TOLD_ONCE = 5;
const PAUSE_MS = 700;
const COLUMN = 20;

/**
 * Shows four environments and one writer: under `ttl`, the others show the old price for a while; under `invocation`, never.
 * Goes on until a signal comes, unless it is told only `once`. Resolves with the exit status: 0 if everything went as told.
 */
export const tellFleet = async (
  { files, narrator }: Surroundings,
  once: boolean,
  ends: EndSignals,
): Promise<number> => {
  narrator.title('Four execution environments, each with a cache of its own');
  let stage: FleetStage | undefined;
  try {
    stage = await FleetStage.open(files);
    const told = once ? ROUNDS_TOLD_ONCE : Number.POSITIVE_INFINITY;
    const played = await play(stage, narrator, told, ends.signal);
    return played === 0 || (once && played < told) ? INTERRUPTED : verdict(narrator);
  } catch (error) {
    narrator.problem(`\nThe demo failed: ${String(error)}`);
    for (const line of stage?.output ?? []) narrator.quote(line);
    return 1;
  } finally {
    await stage?.close();
  }
};

/** Plays so many rounds, or until the end. Resolves with the number of rounds. */
const play = async (
  stage: FleetStage,
  narrator: Narrator,
  rounds: number,
  end: AbortSignal,
): Promise<number> => {
  narrator.chapter('Start');
  await stage.init();
  narrator.say(
    'Each environment caches two tables for 10 s: one with coherence: ttl, and one with coherence: invocation, which',
    'checks the journal once in each invocation. Between invocations, the environments are frozen.',
  );
  const history = new PriceHistory();
  show(narrator, history, await stage.read());

  narrator.chapter('Environment 1 writes');
  narrator.say(
    'It writes a price to both tables, through the endpoint for SDKs. Then each environment has an invocation, and',
    'reads both. An old price is shown with the time since it was replaced.',
  );
  for (let price = 2; price < 2 + rounds; price += 1) {
    await delay(PAUSE_MS, undefined, { signal: end }).catch(() => undefined);
    if (end.aborted) break;
    narrator.ask(`PutItem: price ${price}`);
    await stage.write(price);
    history.wrote(price);
    show(narrator, history, await stage.read());
  }
  const played = history.newest - 1;
  if (played > 0) summarize(narrator, history);
  return played;
};

/** Prints one line for each mode, and one column for each environment. */
const show = (narrator: Narrator, history: PriceHistory, shown: readonly ShownPrices[]): void => {
  for (const mode of MODES) {
    const cells = shown.map((prices, index) => {
      const ageMs = history.note(mode, prices[mode]);
      const age = ageMs === undefined ? '' : ` (old for ${(ageMs / 1_000).toFixed(1)} s)`;
      return `${index + 1}: ${prices[mode]}${age}`.padEnd(COLUMN);
    });
    const isPromised = mode === 'ttl' || shown.every((prices) => prices[mode] === history.newest);
    const differences = isPromised ? [] : [`expected ${history.newest} in each environment`];
    narrator.found(`${mode.padEnd(12)}${cells.join('  ').trimEnd()}`, differences);
  }
};

const summarize = (narrator: Narrator, history: PriceHistory): void => {
  narrator.chapter('Result');
  for (const mode of MODES) {
    const { reads, oldReads, oldestMs } = history.totalOf(mode);
    const isExpected = mode === 'ttl' ? oldReads > 0 : oldReads === 0;
    const age = oldReads === 0 ? '' : `, for up to ${(oldestMs / 1_000).toFixed(1)} s`;
    const expected = `expected ${mode === 'ttl' ? 'some' : 'no'} reads of an old price`;
    narrator.found(
      `${mode.padEnd(12)}${oldReads} of ${reads} reads showed an old price${age}`,
      isExpected ? [] : [expected],
    );
  }
};

const verdict = (narrator: Narrator): number => {
  if (narrator.surprises > 0) {
    narrator.problem(`\n${narrator.surprises} of the steps above gave unexpected results.`);
    return 1;
  }
  narrator.say('All steps gave the expected results.');
  return 0;
};
