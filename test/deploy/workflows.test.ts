import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.github/workflows');
const files = readdirSync(folder);
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

const step = v.object({
  uses: v.optional(v.string()),
  run: v.optional(v.string()),
  with: v.optional(v.record(v.string(), v.unknown())),
});
const job = v.object({
  uses: v.optional(v.string()),
  permissions: v.optional(v.record(v.string(), v.string())),
  environment: v.optional(v.string()),
  'timeout-minutes': v.optional(v.number()),
  strategy: v.optional(v.object({ matrix: v.record(v.string(), v.unknown()) })),
  steps: v.optional(v.array(step), []),
});
const workflow = v.object({
  permissions: v.record(v.string(), v.string()),
  jobs: v.record(v.string(), job),
});

const jobsOf = (file: string) => Object.entries(v.parse(workflow, parse(read(file))).jobs);
const jobs = files.flatMap((file) => jobsOf(file).map(([name, each]) => ({ file, name, ...each })));
const steps = jobs.flatMap((each) => each.steps);

/** A workflow of the same commit has no other pin than that commit. */
const isLocal = (uses: string) => uses.startsWith('./');

const usesLines = files.flatMap((file) =>
  read(file)
    .split('\n')
    .map((line, index) => ({ place: `${file}:${index + 1}`, line: line.trim() }))
    .filter(({ line }) => /^(- )?uses:/.test(line)),
);

describe('the workflows', () => {
  it.each(usesLines)('$place pins what it uses, and says which version that is', ({ line }) => {
    expect(line).toMatch(/uses: (\.\/\.github\/\S+|[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
  });

  it('use nothing that these lines do not show', () => {
    const used = [...jobs, ...steps].flatMap(({ uses }) => uses ?? []);

    expect(used).not.toEqual([]);
    expect(usesLines.map(({ line }) => /uses: (\S+)/.exec(line)?.[1]).sort()).toEqual([...used].sort());
    expect(used.filter(isLocal).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('use one version of each action', () => {
    const pins = new Set(steps.flatMap(({ uses }) => uses ?? []));

    expect(new Set([...pins].map((uses) => uses.split('@')[0])).size).toBe(pins.size);
  });

  it.each(files)('%s allows nothing but what a job asks for', (file) => {
    expect(v.parse(workflow, parse(read(file))).permissions).toEqual({});
  });

  it.each(jobs)('$name of $file may write nothing but what it is there for', ({ name, permissions = {} }) => {
    const WRITERS: Readonly<Record<string, readonly string[]>> = {
      attest: ['id-token', 'attestations'],
      layers: ['id-token'],
      application: ['id-token'],
      npm: ['id-token'],
      release: ['contents'],
    };
    const written = Object.keys(permissions).filter((scope) => permissions[scope] === 'write');

    expect(written).toEqual(WRITERS[name] ?? []);
  });

  it.each(jobs)('$name of $file ends by itself', ({ uses, 'timeout-minutes': minutes }) => {
    if (uses === undefined) expect(minutes).toBeGreaterThan(0);
  });

  it('leave no credentials behind in a checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));

    expect(checkouts).not.toEqual([]);
    expect(checkouts.filter(({ with: options }) => options?.['persist-credentials'] !== false)).toEqual([]);
  });

  it('put nothing into a script that somebody else can write', () => {
    expect(steps.filter(({ run }) => run?.includes('${' + '{'))).toEqual([]);
  });

  it('know no keys: AWS and npm trust them by OIDC', () => {
    expect(files.filter((file) => /access-key|NPM_TOKEN|NODE_AUTH_TOKEN/i.test(read(file)))).toEqual([]);
    expect(steps.filter(({ run }) => run?.includes('npm publish')).map(({ run }) => run)).toEqual([
      expect.stringContaining('--provenance'),
    ]);
  });

  it.each(steps.flatMap(({ run }) => run ?? []))('have only scripts that bash can parse: %s', (run) => {
    expect(spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' }).stderr).toBe('');
  });

  it('run only what there is', () => {
    const scripts = steps.map(({ run }) => run ?? '').join('\n');
    const { scripts: named } = v.parse(
      v.object({ scripts: v.record(v.string(), v.string()) }),
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
    );
    const commands = [...scripts.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    const paths = [...scripts.matchAll(/(?:node |--template-file |^)((?:scripts|deploy|\.ci)\/[\w./-]+)/gm)];

    expect(commands.filter((name) => !(name in named))).toEqual([]);
    expect(paths.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(2);
  });

  it('check every release line of Node.js that is supported', () => {
    const check = jobs.find(({ file, name }) => file === 'ci.yml' && name === 'check');
    const lines = /= \[('20', '22', '24')\]/.exec(
      readFileSync(join(root, 'scripts/node-versions.mjs'), 'utf8'),
    );

    expect(check?.strategy?.matrix.node).toEqual([20, 22, 24]);
    expect(lines).not.toBeNull();
  });

  const release = v.parse(
    v.object({ jobs: v.record(v.string(), v.object({ needs: v.optional(v.unknown()) })) }),
    parse(read('release.yml')),
  ).jobs;
  const waitsFor = (name: string): readonly string[] => {
    const direct = [release[name]?.needs ?? []].flat().map(String);
    return [...direct, ...direct.flatMap(waitsFor)];
  };

  it('publish nothing before all is checked, and what was built is attested', () => {
    const names = Object.keys(release);

    expect(names.filter((name) => name !== 'check' && !waitsFor(name).includes('check'))).toEqual([]);
    expect(names.filter((name) => !waitsFor(name).includes('attest'))).toEqual(['check', 'build', 'attest']);
  });

  it('attest the provenance of each file, and a list of components for each layer and the package', () => {
    const attestations = steps.flatMap(({ uses, with: options }) =>
      uses?.startsWith('actions/attest@') ? [options ?? {}] : [],
    );
    const lines = (text: unknown) => String(text).trim().split('\n');

    expect(attestations.map((options) => [options['sbom-path'], ...lines(options['subject-path'])])).toEqual([
      [undefined, 'release/*.zip', 'release/*.tgz'],
      ['release/sbom.cdx.json', 'release/node.zip', 'release/dynamodb-cache-extension-[0-9]*.tgz'],
      ['release/sbom-standalone.cdx.json', 'release/standalone-*.zip'],
    ]);
  });

  it('check the digests of what another job built before they use it', () => {
    const users = jobs.filter(
      ({ name, steps: own }) =>
        name !== 'release' && own.some(({ uses }) => uses?.startsWith('actions/download-artifact@')),
    );

    expect(users.map(({ name }) => name)).toEqual(['attest', 'layers', 'application', 'npm']);
    for (const { steps: own } of users)
      expect(own.map(({ run }) => run)).toContain('sha256sum --check SHA256SUMS');
  });
});

describe('the step that publishes the layers', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'release-'));
    for (const name of ['bin', 'release']) mkdirSync(join(folder, name));
    for (const name of ['deploy', 'scripts']) symlinkSync(join(root, name), join(folder, name));
    copyFileSync(join(root, 'test/deploy/strict-aws.cjs'), join(folder, 'bin/aws'));
    for (const name of ['node', 'standalone-x86_64', 'standalone-arm64'])
      writeFileSync(join(folder, `release/${name}.zip`), name);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('publishes all layers in each region, lets everybody use them, and saves their ARNs', () => {
    const [run = ''] = steps.flatMap(({ run: text }) => (text?.includes('publish-layers') ? [text] : []));
    const { status, stderr } = spawnSync('bash', ['--norc', '-e', '-c', run], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: [join(folder, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
        GITHUB_REF_NAME: 'v1.2.3',
        GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
        LAYER_BUCKET: 'layers',
        LAYER_REGIONS: 'eu-west-1,us-east-1',
      },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const table = readFileSync(join(folder, 'summary.md'), 'utf8');
    const known: readonly { readonly isPublic?: boolean; readonly description: string }[] = JSON.parse(
      readFileSync(join(folder, 'known.json'), 'utf8'),
    );

    expect(table.match(/arn:aws:lambda:/g)).toHaveLength(6);
    expect(readFileSync(join(folder, 'arns/layer-arns.md'), 'utf8')).toBe(table);
    expect(known.map(({ isPublic, description }) => [isPublic, description])).toEqual(
      Array.from({ length: 6 }, () => [true, 'dynamodb-cache-extension 1.2.3']),
    );
  });
});
