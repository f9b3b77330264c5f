import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { ensureInstalled } from '../install.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const VERSION = '9.6.1';
const LEAST_SCORE = 90;
const cache = `${root}node_modules/.cache/stryker`;
const home = `${cache}/${VERSION}`;
const { positionals: asked, values: options } = readArguments({
  usage: `npm run mutation -- [--tests <part>] [part …]
Breaks the domain and the application on purpose, in every way that Stryker knows, and counts what no test sees.
All files, or those whose path contains one of the parts, such as application/fence.
  --tests <part>  only with tests whose path contains this: faster, but other tests may see what survives
  -h, --help      print this`,
  accepts: () => undefined,
  options: { tests: { type: 'string', multiple: true, default: [] } },
});

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
const files = mutate();
const table = [];
for (const path of Object.keys(files).sort()) {
  const { mutants } = files[path];
  for (const mutant of mutants.filter(survived)) show(path, mutant);
  const [killed, alive] = [mutants.filter(detected).length, mutants.filter(survived).length];
  const timedOut = mutants.filter(({ status }) => status === 'Timeout').length;
  if (killed + alive > 0) table.push({ file: path, killed, timedOut, survived: alive });
}
console.table(table);
const sum = (field) => table.reduce((total, row) => total + row[field], 0);
const score = (100 * sum('killed')) / Math.max(1, sum('killed') + sum('survived'));
console.log(
  `${sum('killed')} killed (${sum('timedOut')} of them by time-out), ${sum('survived')} survived: ${score.toFixed(1)} %`,
);
process.exitCode = score >= LEAST_SCORE ? 0 : 1;
