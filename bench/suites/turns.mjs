import { cpuNs } from '../machine/usage.mjs';
import { quantile } from '../report/summary.mjs';
import { rotated } from './rotated.mjs';

/** Many short turns spread the machine's other load evenly over the contenders. */
const TURN_MS = 100;
const TURNS = 8;

/**
 * Lets the caller read `ids` from each contender in turn, and adds the medians. The difference to the first contender is
 * taken within each turn, where both were read in direct succession.
 */
export const askInTurns = async (contenders, caller, ids, add) => {
  const turns = new Map(contenders.map((contender) => [contender, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const contender of rotated(contenders, turn)) {
      turns.get(contender).push(await askOneTurn(contender, caller, ids));
    }
  }
  const first = turns.get(contenders[0]);
  for (const [contender, taken] of turns) {
    const values = {
      p50Us: medianOf(taken, (each) => each.p50Us),
      p90Us: medianOf(taken, (each) => each.p90Us),
    };
    if (taken !== first) {
      values.extraMs = medianOf(taken, ({ p50Us }, turn) => (p50Us - first[turn].p50Us) / 1000);
    }
    if (contender.child !== undefined) values.cpuUs = medianOf(taken, (each) => each.cpuUs);
    add(contender, values);
  }
};

const askOneTurn = async ({ child, job }, caller, ids) => {
  const before = child && cpuNs(child.pid);
  const answer = await caller.ask({ ...job, ids, ms: TURN_MS });
  return child === undefined
    ? answer
    : { ...answer, cpuUs: (cpuNs(child.pid) - before) / 1000 / answer.count };
};

const medianOf = (taken, figure) => quantile(taken.map(figure), 0.5);
