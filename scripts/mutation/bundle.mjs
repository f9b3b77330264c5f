import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/*
 * Joins all tests of the domain and the application into one file, in the folder that Stryker plays its mutants in:
 * every mutant loads the tests anew, and one file is loaded in a tenth of the time of two hundred.
 */
const root = process.cwd();

/** What plays at random is left out: a mutant that it meets by luck would survive the next time. */
const PLAYS = [
  'fleet.property.test.ts',
  'read-through.property.test.ts',
  'read-your-writes.property.test.ts',
];
const isRepeatable = (path) => !PLAYS.some((play) => path.endsWith(play));

/** Words of which a test has one in its path; none: all tests. */
const asked = process.argv.slice(2);

const tests = ['test/domain', 'test/application']
  .flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true }).map((path) => `${folder}/${path}`),
  )
  .filter((path) => path.endsWith('.test.ts') && isRepeatable(path))
  .filter((path) => asked.length === 0 || asked.some((part) => path.includes(part)))
  .sort();

/** Each within a `describe` of its own, so that what it sets up concerns nobody else. */
const entry = [
  `import { describe } from '@jest/globals';`,
  ...tests.map((path) => `describe(${JSON.stringify(path)}, () => { require('./${path}'); });`),
].join('\n');

/** Tests that read files beside them go on finding them. */
const ownUrls = {
  name: 'own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\/test\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }));
  },
};

await build({
  stdin: { contents: entry, resolveDir: root, sourcefile: 'all.mjs' },
  outfile: `${root}/test/all.mutation.mjs`,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // With packages in it: Jest would load the four hundred files of fast-check one by one, for each mutant.
  external: ['@jest/globals'],
  nodePaths: [fileURLToPath(new URL('../../node_modules', import.meta.url))],
  plugins: [ownUrls],
  logLevel: 'warning',
});
