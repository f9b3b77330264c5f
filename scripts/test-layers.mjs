import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { anyOf, readArguments } from './arguments.mjs';
import { ensureInstalled } from './install.mjs';

const USAGE = `npm run test:layers -- [--short] [node] [standalone-x86_64] [standalone-arm64]
Builds the layers, and runs the end-to-end tests against each: started as Lambda starts it, in a root that holds
nothing else. Only root can do that; for others it is started where it was unzipped.
Without a name, all that this machine runs; that for arm64 by an emulator, a part of the tests.
  --short     only whether each starts, serves and leaves, reads each account as the right identity, and survives a freeze
  -h, --help  print this`;

const root = fileURLToPath(new URL('..', import.meta.url));
const OWN = process.arch === 'arm64' ? 'standalone-arm64' : 'standalone-x86_64';
const STARTS = ['test/layers/in-its-root'];
const SHORT = [...STARTS, 'test/e2e/(accounts|roles)'];
const WHOLE = [...STARTS, 'test/e2e'];
/** An emulator takes ten times as long; these measure no time. */
const EMULATED = [...STARTS, 'test/e2e/(reads|keys|bad-requests)'];
/** What these test is no layer. */
const OTHERS = 'test/e2e/(command-line|demo|package)\\.';

const main = async () => {
  const { layerNames } = await import('./layers.mjs');
  const { values, positionals } = readArguments({
    usage: USAGE,
    options: { short: { type: 'boolean' } },
    accepts: anyOf(layerNames, 'layer'),
  });
  await ensureInstalled();
  const wanted = positionals.length > 0 ? positionals : layerNames;
  const { whyNot, whyNoRoot } = await import('./test-layers/obstacles.mjs');
  const reasons = new Map(wanted.map((name) => [name, whyNot(name, OWN)]));
  for (const [name, reason] of reasons) if (reason !== undefined) console.log(`skipped: ${name}: ${reason}`);
  const layers = wanted.filter((name) => reasons.get(name) === undefined);
  if (whyNoRoot() !== undefined) console.log(`skipped: a root for each layer: ${whyNoRoot()}`);
  // Those of layers that were built before.
  rmSync(`${root}node_modules/.cache/lambda-roots`, { recursive: true, force: true });
  let succeeds = layers.length === 0 || run([`${root}scripts/layers.mjs`, ...layers]);
  for (const layer of succeeds ? layers : []) {
    console.log(`\n${layer}`);
    const isEmulated = layer !== 'node' && layer !== OWN;
    const [short, whole] = isEmulated ? [STARTS, EMULATED] : [SHORT, WHOLE];
    // One after the other where it is emulated: DynamoDB, which answers as quickly as ever, would be given up.
    const options = isEmulated ? ['--runInBand'] : [];
    succeeds = test(layer, [...(values.short ? short : whole), ...options]) && succeeds;
  }
  if (!succeeds) process.exitCode = 1;
};

const test = (layer, paths) =>
  run(
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      `${root}node_modules/jest/bin/jest.js`,
      ...paths,
      '--testPathIgnorePatterns',
      OTHERS,
    ],
    { EXTENSION_ARTIFACT: layer, CACHE_TEST_THOROUGH: '1' },
  );

const run = (args, env) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    .status === 0;

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
