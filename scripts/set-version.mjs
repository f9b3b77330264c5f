import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const X = '(\\d+\\.\\d+\\.\\d+)';
const OF_MANIFEST = `^  "version": "${X}"`;
const OF_LOCKED_ROOT = `^    "": \\{\\n      "name": "[\\w-]+",\\n      "version": "${X}"`;

/** Where the version is written: a file, and a pattern whose group is the version. Each pattern matches exactly once. */
const PLACES = [
  ['package.json', OF_MANIFEST],
  ['package-lock.json', OF_MANIFEST],
  ['package-lock.json', OF_LOCKED_ROOT],
  ['deploy/cdk/package.json', OF_MANIFEST],
  ['deploy/cdk/package-lock.json', OF_MANIFEST],
  ['deploy/cdk/package-lock.json', OF_LOCKED_ROOT],
  ['deploy/sar/template.yaml', `^    SemanticVersion: ${X}$`],
  ['docs/deploy.md', `dynamodb-cache-extension-cdk-${X}\\.tgz`],
  ['docs/reference.md', `dynamodb-cache-extension-${X}\\.tgz`],
  ['docs/reference.md', `dynamodb-cache-extension/${X}`],
  ['examples/flag-cache/package.json', `"dynamodb-cache-extension": "\\^${X}"`],
  ['src/domain/program/version.ts', `VERSION = '${X}'`],
];

/** The version at a place of `PLACES`, and where it is in the text. */
const findIn = (text, path, pattern) => {
  const found = [...text.matchAll(new RegExp(pattern, 'gmd'))];
  if (found.length !== 1) throw new Error(`${path} has ${found.length} versions in place of one: ${pattern}`);
  return { version: found[0][1], at: found[0].indices[1] };
};

/** The version at each place: `{ path, version }`. */
export const writtenVersions = () =>
  PLACES.map(([path, pattern]) => ({
    path,
    version: findIn(readFileSync(root + path, 'utf8'), path, pattern).version,
  }));

const setVersion = (version) => {
  for (const [path, pattern] of PLACES) {
    const text = readFileSync(root + path, 'utf8');
    const [start, end] = findIn(text, path, pattern).at;
    writeFileSync(root + path, text.slice(0, start) + version + text.slice(end));
  }
};

/** The places that have another version: a line each. */
const otherVersions = (version) =>
  writtenVersions()
    .filter((place) => place.version !== version)
    .map((place) => `${place.path} has ${place.version} in place of ${version}`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = readArguments({
    usage: `node scripts/set-version.mjs [--check] <version>
Writes the version, such as 1.2.3, into every file that has it. CHANGELOG.md is for you to edit.
  --check     write nothing: the exit status says whether every file has this version
  -h, --help  print this`,
    options: { check: { type: 'boolean' } },
    accepts: ([version, ...surplus]) =>
      new RegExp(`^${X}$`).test(version) && surplus.length === 0
        ? undefined
        : 'name one version, such as 1.2.3',
  });
  const [version] = positionals;
  if (values.check) {
    const problems = otherVersions(version);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
  } else {
    setVersion(version);
  }
}
