import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../scripts/arguments.mjs';
import { ensureInstalled } from '../scripts/install.mjs';

const { values, positionals } = readArguments({
  usage: `npm run bench -- [options] [suite …]
Measures the current source on this machine. The contenders are separate processes and take turns. Runs all suites if none
is named. Each suite writes its samples to bench/results/<suite>.json. BENCH_RIVAL=/path/to/program adds another extension with
the original's route to the suites hit, start and first-hit (docs/maintainers/benchmarks.md, "A rival").
  --rounds <n>  number of rounds; default 5
  --check       report which budgets of bench/budgets.json hold; exit with status 1 if one is missed or not measured
  --write       write figures and charts into docs
  -h, --help    print this`,
  accepts: () => undefined,
  options: {
    rounds: { type: 'string', default: '5' },
    check: { type: 'boolean' },
    write: { type: 'boolean' },
  },
});
await ensureInstalled();

const { canPin, leaveMeasuredCore } = await import('./machine/cores.mjs');
const { machine } = await import('./machine/description.mjs');
const { Layers } = await import('./subjects/layer.mjs');
const { rivalOf } = await import('./subjects/rival.mjs');
const { suites } = await import('./suites/index.mjs');
const { summaryOf } = await import('./report/summary.mjs');
const { tableOf } = await import('./report/table.mjs');
const { judge, readBudgets, verdicts } = await import('./report/budgets.mjs');
const { writeDocuments } = await import('./report/documents.mjs');

const unknown = positionals.find((name) => suites.every((suite) => suite.name !== name));
if (unknown !== undefined) {
  console.error(`unknown suite ${unknown}; allowed: ${suites.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (!canPin)
  console.error(
    'The machine has one core or no taskset: client and server share a core, which distorts the figures.',
  );

let rival;
try {
  rival = rivalOf(process.env);
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
leaveMeasuredCore();

const results = fileURLToPath(new URL('results/', import.meta.url));
mkdirSync(results, { recursive: true });
const layers = new Layers();
const missed = [];
try {
  for (const suite of chosen) {
    const begun = machine();
    const { samples, skipped = [] } = await suite.run({ rounds: Number(values.rounds), layers, rival });
    const result = {
      suite: suite.name,
      rounds: Number(values.rounds),
      machine: begun,
      loadAfter: machine().load,
      skipped,
      samples,
    };
    writeFileSync(`${results}${suite.name}.json`, `${JSON.stringify(result, undefined, 1)}\n`);
    console.log(`\n${suite.title}\n\n${tableOf(suite, summaryOf(samples))}`);
    for (const { contender, reason } of skipped) console.log(`skipped: ${contender}: ${reason}`);
    const judged = judge(readBudgets(), suite.name, { samples, skipped });
    if (values.check) console.log(`\n${verdicts(judged).join('\n')}`);
    missed.push(...judged.filter(({ state }) => state === 'missed' || state === 'not measured'));
  }
} finally {
  layers.remove();
}
if (values.write) writeDocuments(suites, results);
if (values.check && missed.length > 0) process.exitCode = 1;
