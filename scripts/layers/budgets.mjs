import { readFileSync } from 'node:fs';

const budgets = JSON.parse(readFileSync(new URL('../../layers/budgets.json', import.meta.url), 'utf8'));

/** What a layer has too much of, in sentences; none if it is within its budget. */
export const excesses = (name, sizes, budget = budgets[name]) =>
  Object.entries(budget)
    .filter(([kind, most]) => sizes[kind] > most)
    .map(
      ([kind, most]) =>
        `${name}: ${sizes[kind]} ${kind}, of which layers/budgets.json allows ${most} at most`,
    );
