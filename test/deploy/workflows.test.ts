import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
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
    const WRITERS: Readonly<Record<string, string>> = {
      layers: 'id-token',
      npm: 'id-token',
      release: 'contents',
    };
    const written = Object.keys(permissions).filter((scope) => permissions[scope] === 'write');

    expect(written).toEqual(name in WRITERS ? [WRITERS[name]] : []);
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

  it('run only what there is', () => {
    const scripts = steps.map(({ run }) => run ?? '').join('\n');
    const { scripts: named } = v.parse(
      v.object({ scripts: v.record(v.string(), v.string()) }),
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
    );
    const commands = [...scripts.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    const paths = [...scripts.matchAll(/(?:node |^)((?:scripts|deploy|\.ci)\/[\w./-]+)/gm)];

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

  it('publish nothing before all is checked', () => {
    const release = v.parse(
      v.object({ jobs: v.record(v.string(), v.object({ needs: v.optional(v.unknown()) })) }),
      parse(read('release.yml')),
    ).jobs;
    const waitsFor = (name: string): readonly string[] => {
      const direct = [release[name]?.needs ?? []].flat().map(String);
      return [...direct, ...direct.flatMap(waitsFor)];
    };

    expect(
      Object.keys(release).filter((name) => name !== 'check' && !waitsFor(name).includes('check')),
    ).toEqual([]);
  });
});
