import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { ensureInstalled } from '../install.mjs';
import { confidenceInterval, isSampled } from './sample.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const VERSION = '9.6.1';
const LEAST_SCORE = 90;
const cache = `${root}node_modules/.cache/stryker`;
const home = `${cache}/${VERSION}`;
const { positionals: asked, values: options } = readArguments({
  usage: `npm run mutation -- [--sample <percent> [--seed <seed>]] [--tests <part>] [part …]
Breaks the domain and the application on purpose, in every way that Stryker knows, and counts what no test sees.
All files, or those whose path contains one of the parts, such as application/fence.
  --sample <percent>  only so many mutants, chosen at random: 10 take about a quarter of an hour
  --seed <seed>       with --sample: the same seed chooses the same mutants of the same files
  --tests <part>      only with tests whose path contains this: faster, but other tests may see what survives
  -h, --help          print this`,
  accepts: (_parts, { sample, seed }) => {
    if (sample === undefined) return seed === undefined ? undefined : '--seed is for --sample';
    const isPercentage = Number(sample) > 0 && Number(sample) <= 100;
    return isPercentage ? undefined : `--sample ${sample} is no percentage; allowed: above 0, up to 100`;
  },
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    tests: { type: 'string', multiple: true, default: [] },
  },
});
const sample = options.sample && {
  percent: Number(options.sample),
  seed: options.seed ?? String(randomInt(1_000_000)),
};

const install = () => {
  if (existsSync(`${home}/node_modules/@stryker-mutator/jest-runner`)) return;
  console.error(`Fetching Stryker ${VERSION} …`);
  mkdirSync(home, { recursive: true });
  // Without it, npm takes the project above for the place to install into.
  writeFileSync(`${home}/package.json`, '{"private":true}\n');
  const names = ['core', 'jest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', ...names], {
    cwd: home,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) throw new Error('Stryker could not be fetched');
};

const sources = ['src/application', 'src/domain']
  .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((path) => `${folder}/${path}`))
  .filter((path) => path.endsWith('.ts'))
  .filter((path) => asked.length === 0 || asked.some((part) => path.includes(part)))
  .sort();

const mutate = () => {
  const config = JSON.parse(readFileSync(`${root}stryker.config.json`, 'utf8'));
  config.mutate = sources;
  // By its place here: the copy that Stryker breaks gets its packages only after this.
  config.buildCommand = ['node', `${root}scripts/mutation/bundle.mjs`, ...options.tests]
    .map((word) => word.replaceAll(' ', '\\ '))
    .join(' ');
  config.jest.config.testEnvironment = `${root}scripts/mutation/bailing-environment.cjs`;
  config.jsonReporter = { fileName: `${cache}/report.json` };
  // Not below node_modules, where Jest looks for no tests.
  config.tempDirName = `${tmpdir()}/dynamodb-cache-extension-mutation`;
  if (sample) {
    config.plugins = ['@stryker-mutator/*', `${root}scripts/mutation/sample-checker.mjs`];
    config.checkers = ['sample'];
    config.sample = sample;
  }
  writeFileSync(`${cache}/stryker.json`, JSON.stringify(config));
  const stryker = `${home}/node_modules/@stryker-mutator/core/bin/stryker.js`;
  const { status } = spawnSync(process.execPath, [stryker, 'run', `${cache}/stryker.json`], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) throw new Error(`Stryker ended with ${status}`);
  return JSON.parse(readFileSync(`${cache}/report.json`, 'utf8')).files;
};

const survived = ({ status }) => status === 'Survived' || status === 'NoCoverage';
const detected = ({ status }) => status === 'Killed' || status === 'Timeout';

const show = (path, { mutatorName, replacement, location: { start }, status }) =>
  console.log(`${path}:${start.line}:${start.column}  ${mutatorName} -> ${replacement}  (${status})`);

await ensureInstalled();
if (sources.length === 0)
  throw new Error(`no file of the domain or the application has ${asked.join(' or ')} in its path`);
install();
if (sample) console.error(`A sample of ${sample.percent} % of the mutants: --seed ${sample.seed}`);
const files = mutate();
const table = [];
for (const path of Object.keys(files).sort()) {
  // Mutants that no test reaches are reported without having been checked for.
  const mutants = files[path].mutants.filter(({ id }) => !sample || isSampled(sample, id));
  for (const mutant of mutants.filter(survived)) show(path, mutant);
  const [killed, alive] = [mutants.filter(detected).length, mutants.filter(survived).length];
  const timedOut = mutants.filter(({ status }) => status === 'Timeout').length;
  if (killed + alive > 0) table.push({ file: path, killed, timedOut, survived: alive });
}
console.table(table);
const sum = (field) => table.reduce((total, row) => total + row[field], 0);
const [killed, total] = [sum('killed'), sum('killed') + sum('survived')];
if (total === 0) throw new Error('there was no mutant to test');
const score = (100 * killed) / total;
console.log(
  `${killed} killed (${sum('timedOut')} of them by time-out), ${total - killed} survived: ${score.toFixed(1)} %`,
);
const [least, most] = sample ? confidenceInterval(killed, total) : [score, score];
if (sample)
  console.log(
    `The sample of ${sample.percent} % (--seed ${sample.seed}) puts the score of all mutants at ${least.toFixed(1)} to ${most.toFixed(1)} %, with a confidence of 95 %.`,
  );
process.exitCode = most >= LEAST_SCORE ? 0 : 1;
