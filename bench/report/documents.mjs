import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { judge, readBudgets } from './budgets.mjs';
import { barChart } from './chart.mjs';
import { barsOf, CHARTS } from './charts.mjs';
import { shown } from './number.mjs';
import { summaryOf } from './summary.mjs';
import { inColumns, tableOf } from './table.mjs';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/**
 * Above this one-minute load average, the figures are marked as unreliable. The preceding suite alone causes a load of up to
 * two.
 */
const BUSY_LOAD = 2.5;

/** Writes the results into the marked places of docs/maintainers/benchmarks.md and draws the charts. */
export const writeDocuments = (suites, results) => {
  const page = `${docs}maintainers/benchmarks.md`;
  let text = readFileSync(page, 'utf8');
  mkdirSync(`${docs}charts`, { recursive: true });
  const verdicts = [];
  for (const suite of suites) {
    const file = `${results}${suite.name}.json`;
    if (!existsSync(file)) continue;
    const result = JSON.parse(readFileSync(file, 'utf8'));
    const rows = summaryOf(result.samples);
    text = between(text, suite.name, `${whence(result)}\n\n${tableOf(suite, rows)}`);
    verdicts.push(...judge(readBudgets(), suite.name, result));
    for (const chart of CHARTS.filter((each) => each.suite === suite.name)) {
      writeFileSync(
        `${docs}charts/${chart.name}.svg`,
        barChart({ title: chart.title, note: chart.unit, bars: barsOf(chart, rows) }),
      );
    }
  }
  writeFileSync(page, between(text, 'budgets', budgetTable(verdicts)));
};

const budgetTable = (verdicts) =>
  inColumns([
    ['', 'measured', 'allowed', ''],
    ...verdicts.map(({ promise, value, limit, state, skipped }) => [
      promise,
      value === undefined ? '' : shown(value),
      limit,
      skipped === undefined ? state : `skipped: ${skipped}`,
    ]),
  ]);

const whence = ({ machine, loadAfter, rounds, skipped }) => {
  const where = `${machine.processor}, ${machine.cores} cores, Node.js ${machine.node}`;
  const left = skipped.map(({ contender, reason }) => ` Skipped: ${contender} (${reason}).`).join('');
  const isBusy = machine.load > BUSY_LOAD;
  const busy = isBusy
    ? ` **The machine was busy: load ${machine.load} at the beginning, ${loadAfter} at the end.**`
    : '';
  return `Rounds: ${rounds}, on ${machine.at.slice(0, 10)}; ${where}.${busy}${left}`;
};

/** Replaces the text between the two marks of `name`. */
const between = (text, name, content) => {
  const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to === -1)
    throw new Error(`docs/maintainers/benchmarks.md has no marks for the suite ${name}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
};
