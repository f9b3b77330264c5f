import { readFileSync } from 'node:fs';
import { shown } from './number.mjs';
import { quantile } from './summary.mjs';

/**
 * @typedef {object} Place where a figure is found; in `against`, an omitted member is the budget's own
 * @property {string} [case]
 * @property {string} [contender]
 * @property {string} [metric]
 *
 * @typedef {Place & { suite: string, promise: string, most?: number, least?: number, against?: Place }} Budget
 *   `most` or `least` limits the figure, or its ratio to the figure at `against`; without either, the figure is only reported
 */

/** Reads budgets.json. */
export const readBudgets = () =>
  JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8'));

/**
 * Evaluates each budget of a suite.
 *
 * @param {Budget[]} budgets
 * @param {string} suite
 * @param {{ samples: object[], skipped?: { contender: string, reason: string }[] }} result
 * @returns {{ promise: string, limit: string, value?: number, state: string, skipped?: string }[]} `state` is `holds`, `missed`,
 *   `no goal` (a budget without a limit), `skipped` (a contender was skipped; `skipped` is its name) or `not measured`
 */
export const judge = (budgets, suite, { samples, skipped = [] }) =>
  budgets
    .filter((budget) => budget.suite === suite)
    .map((budget) => {
      const { promise, contender, against } = budget;
      const absent = skipped.find((each) => [contender, against?.contender].includes(each.contender));
      if (absent !== undefined) {
        return { promise, limit: limitOf(budget), state: 'skipped', skipped: absent.contender };
      }
      const value = figureOf(budget, samples);
      return { promise, limit: limitOf(budget), value, state: stateOf(budget, value) };
    });

const limitOf = ({ most, least }) => {
  if (most !== undefined) return `≤ ${most}`;
  return least === undefined ? '' : `≥ ${least}`;
};

const stateOf = ({ most, least }, value) => {
  if (value === undefined) return 'not measured';
  if (most === undefined && least === undefined) return 'no goal';
  return value <= (most ?? Infinity) && value >= (least ?? -Infinity) ? 'holds' : 'missed';
};

/** Formats one line for each budget. */
export const verdicts = (judged) =>
  judged.map(({ promise, limit, value, state, skipped }) => {
    const word = state === 'missed' ? 'MISSED' : state;
    const figure = value === undefined ? '–' : shown(value);
    const reason = skipped === undefined ? '' : ` (${skipped} was skipped)`;
    return `${word.padEnd(12)}  ${figure}${limit === '' ? '' : ` (${limit})`}  ${promise}${reason}`;
  });

/** The median of the ratios within each round, because rounds differ more than contenders do. */
const figureOf = ({ against, ...place }, samples) => {
  const own = byRound(samples, place);
  if (against === undefined) return own.size === 0 ? undefined : quantile([...own.values()], 0.5);
  const other = byRound(samples, { ...place, ...against });
  const ratios = [...own]
    .filter(([round]) => other.has(round))
    .map(([round, value]) => value / other.get(round));
  return ratios.length === 0 ? undefined : quantile(ratios, 0.5);
};

const byRound = (samples, place) =>
  new Map(
    samples
      .filter(({ case: title, contender }) => title === place.case && contender === place.contender)
      .map(({ round, values }) => [round, values[place.metric]]),
  );
