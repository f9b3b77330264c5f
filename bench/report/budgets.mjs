import { readFileSync } from 'node:fs';
import { shown } from './number.mjs';
import { quantile } from './summary.mjs';

/**
 * @typedef {object} Place where a figure stands: what is left out is as in the place that it is compared with
 * @property {string} [case]
 * @property {string} [contender]
 * @property {string} [metric]
 *
 * @typedef {Place & { suite: string, promise: string, most?: number, least?: number, against?: Place }} Budget
 *   `most` or `least` of the figure itself, or of its ratio to the one it stands against
 */

/** The budgets, as they stand in budgets.json. */
export const readBudgets = () =>
  JSON.parse(readFileSync(new URL('../budgets.json', import.meta.url), 'utf8'));

/** What came of each budget of a suite that was run: `{ promise, limit, value, holds }`; `value` is absent where it could not be measured. */
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

/** One line for each. */
export const verdicts = (judged) =>
  judged.map(
    ({ promise, limit, value, holds }) =>
      `${holds ? 'holds ' : value === undefined ? 'absent' : 'MISSED'}  ${value === undefined ? '–' : shown(value)} (${limit})  ${promise}`,
  );

/** Ratios are taken within each round, and the median of them is what counts: rounds differ more than contenders do. */
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
