import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
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

/** Terraform gets its provider from a folder, because the tests call no registry. `TF_CLI_ARGS_init` is Terraform's own variable. */
const { TF_PLUGIN_DIR: plugins, TF_CLI_ARGS_init: ofTerraform = '' } = process.env;
const hasProvider = plugins !== undefined || ofTerraform.includes('-plugin-dir');

(isInstalled('terraform') && hasProvider ? describe : describe.skip)(
  'terraform with the provider in TF_PLUGIN_DIR',
  () => {
    let folder: string;
    const terraform = (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync('terraform', args, {
        cwd: join(folder, 'deploy/terraform'),
        encoding: 'utf8',
      });
      return { status, said: stdout + stderr };
    };

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'terraform-'));
      for (const path of ['deploy/terraform/main.tf', 'deploy/cloudformation/monitoring.json']) {
        cpSync(join(root, path), join(folder, path));
      }
      mkdirSync(join(folder, 'dist/layers'), { recursive: true });
      // Terraform hashes them; their contents do not matter.
      for (const path of ['node', 'standalone-arm64'].map((name) => `dist/layers/${name}.zip`)) {
        writeFileSync(join(folder, path), '');
      }
      writeFileSync(join(folder, 'deploy/terraform/functions.zip'), '');
      const { status, said } = terraform(
        'init',
        '-backend=false',
        ...(plugins === undefined ? [] : [`-plugin-dir=${plugins}`]),
      );
      if (status !== 0) throw new Error(said);
    }, 60_000);

    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('finds its example valid', () => {
      expect(terraform('validate')).toEqual({
        status: 0,
        said: expect.stringContaining('The configuration is valid'),
      });
    }, 60_000);

    it('would find a name that the provider does not know', () => {
      const [path, text] = [
        join(folder, 'deploy/terraform/main.tf'),
        readDocument('deploy/terraform/main.tf'),
      ];
      writeFileSync(path, text.replace('memory_size ', 'memory '));

      expect(terraform('validate')).toEqual({
        status: 1,
        said: expect.stringContaining('An argument named "memory" is not expected here'),
      });
    }, 60_000);
  },
);

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
