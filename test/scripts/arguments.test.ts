import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

const run = (script: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}${script}`, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return { status, stdout, stderr };
};

/** Each script that reads arguments of its own, and how it is called. */
const SCRIPTS = [
  ['scripts/build.mjs', 'npm run build'],
  ['scripts/layers.mjs', 'npm run layers'],
  ['scripts/test-layers.mjs', 'npm run test:layers'],
  ['scripts/node-versions.mjs', 'npm run test:node-versions'],
  ['scripts/schema.mjs', 'npm run schema'],
  ['scripts/soak.mjs', 'npm run soak'],
  ['scripts/trace.mjs', 'npm run trace'],
  ['scripts/loopback-only.mjs', 'npm run loopback-only'],
  ['scripts/mutation/run.mjs', 'npm run mutation'],
  ['bench/run.mjs', 'npm run bench'],
  ['bench/start/run.mjs', 'npm run bench:start'],
  ['test/behaviour/write.mjs', 'npm run behaviour'],
  ['test/support/faults/cli.mjs', 'npm run fault-proxy'],
  ['deploy/publish-layers.mjs', 'node deploy/publish-layers.mjs'],
] as const;

describe.each(SCRIPTS)('%s', (script, command) => {
  it('prints how it is called and does nothing with --help', () => {
    const { status, stdout, stderr } = run(script, '--help');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.startsWith(command)).toBe(true);
    expect(stdout).toContain('-h, --help');
  });

  it('refuses an option that it does not have with status 2, and says which it has', () => {
    const { status, stdout, stderr } = run(script, '--nonsense');

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain("Unknown option '--nonsense'");
    expect(stderr).toContain(command);
  });
});

it.each([
  ['deploy/publish-layers.mjs', ['--bucket'], 'argument missing'],
  [
    'deploy/publish-layers.mjs',
    ['nod'],
    'there is no layer nod; there are node, standalone-x86_64, standalone-arm64',
  ],
  ['scripts/layers.mjs', ['nod'], 'there is no layer nod; there are node'],
  ['scripts/test-layers.mjs', ['nod'], 'there is no layer nod; there are node'],
  ['scripts/node-versions.mjs', ['18'], 'there is no supported release line 18; there are 20, 22, 24'],
  ['scripts/schema.mjs', ['cache.yaml'], '"cache.yaml" is not understood'],
  ['scripts/soak.mjs', ['--seed'], 'argument missing'],
  ['scripts/mutation/run.mjs', ['--sample', '0'], '--sample 0 is no percentage'],
  ['scripts/mutation/run.mjs', ['--sample', '101'], '--sample 101 is no percentage'],
  ['scripts/mutation/run.mjs', ['--sample', 'few'], '--sample few is no percentage'],
  ['scripts/mutation/run.mjs', ['--seed', '1'], '--seed is for --sample'],
  ['scripts/trace.mjs', ['hot'], '"hot" is neither a case nor a request; allowed:'],
  ['scripts/trace.mjs', ['POST / GetItem {'], 'the input of GetItem is no JSON'],
  ['test/support/faults/cli.mjs', [], '--upstream is missing'],
  [
    'test/support/faults/cli.mjs',
    ['--upstream', 'http://127.0.0.1:9', '--fault', 'x'],
    'there is no fault x',
  ],
])('%s refuses %j with status 2, and says why', (script, args, message) => {
  const { status, stdout, stderr } = run(script, ...args);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

it.each(['scripts/build.mjs', 'test/support/faults/cli.mjs'])('%s takes -h for --help', (script) => {
  expect(run(script, '-h')).toEqual(run(script, '--help'));
});

it('the scripts say which versions of Node.js are too old', () => {
  const versions = ['18.20.8', '20.11.1', '20.12.0', '24.1.0'];
  const code = `const { nodeProblem } = await import(process.argv[1]);
    for (const version of ${JSON.stringify(versions)}) console.log(nodeProblem(version))`;
  const { stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', code, `${root}scripts/install.mjs`],
    { encoding: 'utf8' },
  );

  expect(stdout.trim().split('\n')).toEqual([
    'Node.js 18.20.8 is too old; needed: 20.12 or later',
    'Node.js 20.11.1 is too old; needed: 20.12 or later',
    'undefined',
    'undefined',
  ]);
});
