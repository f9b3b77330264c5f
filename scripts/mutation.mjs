import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Breaks the domain and the application on purpose, in every way that Stryker knows, and counts what no test sees:
 *   npm run mutation                       all files
 *   npm run mutation -- application/fence  files whose path contains one of these
 * A mutant first meets the tests of its own file, because to load all of them costs seconds for each mutant;
 * what survives these meets all tests of the two rings. Results are kept until the file or its tests change.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const VERSION = '9.6.1';
const LEAST_SCORE = 90;
const cache = `${root}node_modules/.cache/stryker`;
const home = `${cache}/${VERSION}`;
const stryker = `${home}/node_modules/@stryker-mutator/core/bin/stryker.js`;
const asked = process.argv.slice(2);

/** Tests that are about a file without bearing its name. */
const FURTHER_TESTS = {
  'application/aftermath': ['application/rules-of-a-read/*', 'application/setbacks*'],
  'application/call-abandoned': ['application/flights*'],
  'application/entry-writer': ['application/rules-of-a-read/*'],
  'application/flight': ['application/flights*'],
  'application/preload': ['application/preload/*'],
  'application/preload-group': ['application/preload/*'],
  'application/read-item': ['application/rules-of-a-read/*'],
  'application/statistics': ['application/report-status*', 'application/read-item/counts*'],
};

const install = () => {
  if (existsSync(stryker)) return;
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

const filesUnder = (folder) =>
  readdirSync(root + folder, { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`)
    .sort();

/** Patterns, relative to test/, of the tests of `src/<name>.ts`. */
const ownTests = (name) =>
  [`${name}.test.ts`, `${name}.*.test.ts`, `${name}/*.test.ts`].concat(
    (FURTHER_TESTS[name] ?? []).map((pattern) => `${pattern}.test.ts`),
  );

const asRegExp = (pattern) => new RegExp(`^test/${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);

const testsMatching = (patterns) => {
  const wanted = patterns.map(asRegExp);
  return testFiles.filter((path) => wanted.some((each) => each.test(path)));
};

/** Mutants of the ranges as Stryker reports them, played against these test files only. */
const mutate = (ranges, tests) => {
  const scratch = mkdtempSync(join(tmpdir(), 'mutation-'));
  const config = JSON.parse(readFileSync(`${root}stryker.config.json`, 'utf8'));
  config.mutate = ranges;
  config.jest.config.testMatch = tests.map((path) => `<rootDir>/${path}`);
  config.jsonReporter = { fileName: `${scratch}/report.json` };
  config.tempDirName = `${scratch}/sandbox`;
  writeFileSync(`${scratch}/stryker.json`, JSON.stringify(config));
  try {
    const { status, stdout } = spawnSync(process.execPath, [stryker, 'run', `${scratch}/stryker.json`], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (!existsSync(`${scratch}/report.json`)) throw new Error(`Stryker ended with ${status}:\n${stdout}`);
    const { files } = JSON.parse(readFileSync(`${scratch}/report.json`, 'utf8'));
    return Object.values(files).flatMap(({ mutants }) => mutants);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const survived = ({ status }) => status === 'Survived' || status === 'NoCoverage';
const detected = ({ status }) => status === 'Killed' || status === 'Timeout';

/** The range of a mutant as `--mutate` takes it. */
const rangeOf = (path, { location: { start, end } }) =>
  `${path}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;

const sameMutant = (one, other) =>
  one.mutatorName === other.mutatorName &&
  one.replacement === other.replacement &&
  JSON.stringify(one.location) === JSON.stringify(other.location);

const examine = (path) => {
  const own = testsMatching(ownTests(path.replace(/^src\/|\.ts$/g, '')));
  const first = own.length > 0 ? mutate([path], own) : mutate([path], testFiles);
  const open = first.filter(survived);
  if (open.length === 0 || own.length === 0) return first;
  const second = mutate(
    open.map((mutant) => rangeOf(path, mutant)),
    testFiles,
  );
  return first.map(
    (mutant) => (survived(mutant) && second.find((again) => sameMutant(mutant, again))) || mutant,
  );
};

const fingerprint = (path) => {
  const hash = createHash('sha256');
  const own = testsMatching(ownTests(path.replace(/^src\/|\.ts$/g, '')));
  for (const each of [path, 'stryker.config.json', ...(own.length > 0 ? own : testFiles)])
    hash
      .update(each)
      .update('\0')
      .update(readFileSync(root + each));
  return hash.digest('hex');
};

const show = (path, mutants) => {
  for (const { mutatorName, replacement, location, status } of mutants.filter(survived))
    console.log(
      `  ${path}:${location.start.line}:${location.start.column}  ${mutatorName} -> ${replacement}  (${status})`,
    );
};

/** Types alone cannot be broken. */
const hasCode = (path) =>
  /^(export )?(const|class|abstract class)\b/m.test(
    readFileSync(root + path, 'utf8').replaceAll('export abstract', 'export'),
  );

/** What plays at random is left out: a mutant that it meets by luck would survive the next time. */
const testFiles = ['test/domain', 'test/application']
  .flatMap(filesUnder)
  .filter((path) => path.endsWith('.test.ts') && !path.endsWith('read-through.property.test.ts'));
const sources = ['src/application', 'src/domain']
  .flatMap(filesUnder)
  .filter(hasCode)
  .filter((path) => asked.length === 0 || asked.some((part) => path.includes(part)));

install();
const resultsFile = `${cache}/results.json`;
const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {};
const table = [];
for (const path of sources) {
  const print = fingerprint(path);
  if (results[path]?.print !== print) {
    console.error(`${path} …`);
    results[path] = { print, mutants: examine(path) };
    writeFileSync(resultsFile, JSON.stringify(results));
  }
  const { mutants } = results[path];
  show(path, mutants);
  const [killed, alive] = [mutants.filter(detected).length, mutants.filter(survived).length];
  if (killed + alive > 0) table.push({ file: path, killed, survived: alive });
}
console.table(table);
const sum = (field) => table.reduce((total, row) => total + row[field], 0);
const score = (100 * sum('killed')) / Math.max(1, sum('killed') + sum('survived'));
console.log(`${sum('killed')} killed, ${sum('survived')} survived: ${score.toFixed(1)} %`);
process.exitCode = score >= LEAST_SCORE ? 0 : 1;
