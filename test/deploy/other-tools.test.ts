import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeLayer } from '../../scripts/layers.mjs';
import { readZip } from '../../scripts/layers/unzip.mjs';
import { readEnvironment } from '../../src/adapters/config/environment/environment.ts';
import { checkCacheYaml, policyFor } from '../../src/exports/policy.ts';
import { readDocument } from '../support/docs/markdown.ts';
import { root } from './sam-template.ts';

const EXAMPLES = [
  'deploy/cdk-python/app.py',
  'deploy/cloudformation/function.yaml',
  'deploy/container/Dockerfile',
  'deploy/pulumi/index.ts',
  'deploy/serverless/serverless.yml',
  'deploy/terraform/main.tf',
];
/** These contain no policy: one reads it from a file, one has no role. */
const WITHOUT_ACTIONS = ['deploy/cdk-python/app.py', 'deploy/container/Dockerfile'];

const cacheYaml = checkCacheYaml(readDocument('deploy/sam/functions/cache.yaml'));
const [table] = cacheYaml.tables;

/** The variables of the extension with their values, in any of the languages. */
const environmentIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/(CACHE_EXTENSION_\w+)['"]?\s*[:=]\s*['"]?([\w.]+)/g)].map(([, name = '', value]) => [
      name,
      value ?? '',
    ]),
  );

describe.each(EXAMPLES)('the example %s', (path) => {
  const text = readDocument(path);

  it('has the table of cache.yaml', () => {
    expect(text).toContain(table?.table);
  });

  it('has settings that the extension accepts', () => {
    const environment = environmentIn(text);

    expect(Object.keys(environment).length).toBeGreaterThanOrEqual(3);
    expect(readEnvironment({ AWS_REGION: 'eu-west-1', ...environment }).problems).toEqual([]);
  });

  it('uses only zip files that `npm run layers` makes', () => {
    const zips = [...text.matchAll(/(node|standalone-\w+)\.zip/g)].map(([, name = '']) => name);

    expect(zips).not.toEqual([]);
    expect(zips.filter((name) => !['node', 'standalone-x86_64', 'standalone-arm64'].includes(name))).toEqual(
      [],
    );
  });
});

describe.each(EXAMPLES.filter((path) => !WITHOUT_ACTIONS.includes(path)))('the role of %s', (path) => {
  it('may do exactly what the command policy prints', () => {
    const printed = policyFor(cacheYaml.tables, { region: 'R', account: 'A', partition: 'P' }).Statement;
    const allowed = [...readDocument(path).matchAll(/dynamodb:\w+/g)].map(([action]) => action);

    expect(allowed.sort()).toEqual(printed.flatMap(({ Action }) => Action).sort());
  });
});

const isInstalled = (program: string): boolean => spawnSync(program, ['-v']).error === undefined;
const run = (program: string, ...args: readonly string[]) => {
  const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return { status, stdout };
};

(isInstalled('terraform') ? it : it.skip)('terraform parses its example, and would format it alike', () => {
  expect(run('terraform', 'fmt', '-check', 'deploy/terraform')).toEqual({ status: 0, stdout: '' });
});

(isInstalled('cfn-lint') ? it : it.skip)(
  'cfn-lint finds nothing in the CloudFormation templates',
  () => {
    expect(run('cfn-lint', 'deploy/cloudformation/*')).toEqual({ status: 0, stdout: '' });
  },
  120_000,
);

describe('the container image', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'container-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  (isInstalled('unzip') ? it : it.skip)('has the files of the layer in /opt, with their modes', async () => {
    const { zip } = await makeLayer('node');
    const layer = readZip(zip);
    writeFileSync(join(folder, 'node.zip'), zip);
    run('unzip', '-q', join(folder, 'node.zip'), '-d', join(folder, 'layer'));
    const image = copied(readDocument('deploy/container/Dockerfile'), 'layer/');
    const inLayer = [...layer].map(([path, { mode }]) => [`/opt/${path}`, mode & 0o777]);

    expect([...image].sort()).toEqual(inLayer.sort());
    expect(image.get('/opt/extensions/dynamodb-cache')).toBe(0o755);
  });

  /** The files with their modes that `COPY` of a folder puts into the image: the contents of the folder. */
  const copied = (dockerfile: string, source: string): ReadonlyMap<string, number> => {
    const [, target = ''] = new RegExp(`^COPY ${source} (\\S+)$`, 'm').exec(dockerfile) ?? [];
    const files = readdirSync(join(folder, source), { recursive: true, encoding: 'utf8' });
    return new Map(
      files
        .map((path) => [path, statSync(join(folder, source, path))] as const)
        .filter(([, status]) => status.isFile())
        .map(([path, status]) => [join(target, path), status.mode & 0o777]),
    );
  };
});
