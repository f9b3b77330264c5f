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
 *   `most` or `least` limits the figure, or its ratio to the figure at `against`
 */

/** Reads budgets.json. */
export const readBudgets = () =>
  JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8'));

/** Evaluates each budget of a suite: `{ promise, limit, value, holds }`; `value` is undefined if it was not measured. */
export const judge = (budgets, suite, samples) =>
  budgets
    .filter((budget) => budget.suite === suite)
    .map((budget) => {
      const value = figureOf(budget, samples);
      const { promise, most, least } = budget;
      const holds =
        value !== undefined &&
        (most === undefined || value <= most) &&
        (least === undefined || value >= least);
      return { promise, limit: most === undefined ? `≥ ${least}` : `≤ ${most}`, value, holds };
    });

/** Formats one line for each budget. */
export const verdicts = (judged) =>
  judged.map(
    ({ promise, limit, value, holds }) =>
      `${holds ? 'holds ' : value === undefined ? 'absent' : 'MISSED'}  ${value === undefined ? '–' : shown(value)} (${limit})  ${promise}`,
  );

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
