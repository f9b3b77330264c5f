import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documents, snippetsOf } from '../../../test/support/docs/markdown.ts';

const home = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What an app does with the construct. */
const APP = `
const synthesise = () => {
  const stack = new Stack(new App(), 'Stack');
  const fn = new lambda.Function(stack, 'Function', {
    runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('// nothing'),
  });
  const node = lambda.LayerVersion.fromLayerVersionArn(stack, 'Node', 'arn:aws:lambda:eu-west-1:123456789012:layer:n:1');
  new DynamoDbCacheExtension(stack, 'Cache', {
    config: 'cache.yaml', layers: { node }, settings: { ttl: Duration.minutes(5) },
  }).attachTo(fn);
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return resource.Properties.Environment.Variables.CACHE_EXTENSION_TTL;
};
`;

const REQUIRES = `
const { App, Duration, Stack } = require('aws-cdk-lib');
const { Template } = require('aws-cdk-lib/assertions');
const lambda = require('aws-cdk-lib/aws-lambda');
const { DynamoDbCacheExtension } = require('dynamodb-cache-extension-cdk');
`;

const IMPORTS = `
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DynamoDbCacheExtension } from 'dynamodb-cache-extension-cdk';
`;

/** Is an error where the types of the construct are not found, and would be `any`. */
const TYPES_ARE_KNOWN = `
// @ts-expect-error
new DynamoDbCacheExtension(new Stack(), 'Cache', { config: 'cache.yaml', settings: { ttl: 300 } });
`;

/** Versions of TypeScript before 4.7, and `cdk init` for years, did not know `exports`. */
const OLD_RESOLUTION = [
  '--module',
  'commonjs',
  '--moduleResolution',
  'node10',
  '--ignoreDeprecations',
  '6.0',
];
const NODE_RESOLUTION = ['--module', 'nodenext'];

/** Node.js before 20.17 has no such flag, and cannot require ES modules. */
const WITHOUT_REQUIRE_OF_ES_MODULES = process.allowedNodeEnvironmentFlags.has('--experimental-require-module')
  ? ['--no-experimental-require-module']
  : [];

const documented = documents
  .flatMap(snippetsOf)
  .filter(({ language, code }) => language === 'ts' && code.includes("from 'dynamodb-cache-extension-cdk'"));

/** Deploys the canary of the page with a zip of the layer, and prints the version and the alias. */
const CANARY = `
const { mkdirSync, writeFileSync } = require('node:fs');
const { addReader } = require('./canary.js');
const deploy = (zip, canary, recognizesLayers = true) => {
  mkdirSync('layers', { recursive: true });
  writeFileSync('layers/node.zip', zip);
  const context = { '@aws-cdk/aws-lambda:recognizeLayerVersion': recognizesLayers };
  const stack = new Stack(new App({ context }), 'Stack');
  addReader(stack, {
    runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('// nothing'),
  }, canary);
  const resources = (type) => Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::' + type));
  const [[version, { DeletionPolicy }]] = resources('Version');
  const [[, { Properties: { FunctionVersion, RoutingConfig } }]] = resources('Alias');
  return { version, DeletionPolicy, FunctionVersion, RoutingConfig };
};
console.log(JSON.stringify([
  deploy('old'),
  deploy('new', { stable: '8', weight: 0.1 }),
  deploy('old', undefined, false),
  deploy('new', undefined, false),
]));
`;

/** Attaches the layers that a file of `publish-layers.mjs` has, and prints those of the function. */
const PUBLISHED = `
const { attachToAll } = require('./published.js');
const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1' } });
const fn = new lambda.Function(stack, 'Function', {
  runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('pass'),
  architecture: lambda.Architecture.ARM_64,
});
attachToAll(stack, [fn], 'layer-arns.json');
const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
console.log(JSON.stringify(resource.Properties.Layers));
`;

describe('the packed construct in a CommonJS project', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'commonjs-test-'));
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, '@types'), { recursive: true });
    const pack = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
    const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: home, encoding: 'utf8' }));
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', modules]);
    renameSync(join(modules, 'package'), join(modules, 'dynamodb-cache-extension-cdk'));
    for (const name of ['aws-cdk-lib', 'constructs', 'valibot', 'yaml'])
      symlinkSync(join(home, 'node_modules', name), join(modules, name));
    for (const name of ['jest', '@types/node'])
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    writeFileSync(join(folder, 'cache.yaml'), 'dynamodb:\n  - table: Things\n    hashKey: id\n');
    writeFileSync(join(folder, 'package.json'), '{ "name": "app", "version": "0.1.0" }');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]) => {
    const { PATH } = process.env;
    const options = {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH, HOME: folder, CDK_VALIDATION: 'false' },
    } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
    return { status, stdout, stderr };
  };

  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return name;
  };

  /** The compiler takes longest to read the types of the AWS CDK, so files that it may read together are. */
  const compile = (files: readonly string[], resolution: readonly string[]) =>
    run(
      join(root, 'node_modules/typescript/bin/tsc'),
      ...['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--skipLibCheck', ...resolution],
      ...files,
    );

  it('is loaded by require under plain Node.js that cannot require ES modules', () => {
    const script = write('app.js', `${REQUIRES}${APP}console.log(synthesise());`);

    expect(run(...WITHOUT_REQUIRE_OF_ES_MODULES, script)).toMatchObject({ status: 0, stdout: '300000ms\n' });
  });

  it('is loaded by import from an ES module in the same project', () => {
    const script = write('app.mjs', `${IMPORTS}${APP}console.log(synthesise());`);

    expect(run(script)).toMatchObject({ status: 0, stdout: '300000ms\n' });
  });

  it('is loaded by require under Jest without options', () => {
    write('jest.config.js', "module.exports = { testEnvironment: 'node' };");
    write(
      'app.test.js',
      `${REQUIRES}${APP}test('synthesises', () => expect(synthesise()).toBe('300000ms'), 60_000);`,
    );

    const { status, stderr } = run(join(folder, 'node_modules/jest/bin/jest.js'));

    expect(stderr).toContain('1 passed');
    expect(status).toBe(0);
  });

  it('finds the layers of the checkout by its own place, as the ES module does', () => {
    const use = `
      const stack = new Stack(new App(), 'Stack');
      const fn = new lambda.Function(stack, 'Function', {
        runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('//'),
      });
      try { new DynamoDbCacheExtension(stack, 'Cache', { config: 'cache.yaml' }).attachTo(fn); }
      catch ({ message }) { console.log(message); }
    `;
    const required = run(write('default.js', REQUIRES + use));

    expect(required.stdout).toContain('/dist/layers/node.zip: `npm run layers` makes it');
    expect(run(write('default.mjs', IMPORTS + use))).toEqual(required);
  });

  it('type-checks with the resolution of older projects', () => {
    const file = write('old.ts', IMPORTS + TYPES_ARE_KNOWN);

    expect(compile([file], OLD_RESOLUTION)).toMatchObject({ status: 0, stdout: '' });
  });

  it('type-checks with the resolution of Node.js, as CommonJS, as an ES module, and as the documents show it', () => {
    const files = [
      write('app.ts', IMPORTS + TYPES_ARE_KNOWN),
      write('app.mts', IMPORTS + TYPES_ARE_KNOWN),
      ...documented.map(({ document, line, code }) =>
        write(`${document.replaceAll('/', '-')}-${line}.ts`, code),
      ),
    ];

    expect(compile(files, NODE_RESOLUTION)).toMatchObject({ status: 0, stdout: '' });
  });

  /** Writes the code of the documents that exports a name to a file, as JavaScript. */
  const writeDocumented = (exported: string, name: string) => {
    const { code = '' } = documented.find((snippet) => snippet.code.includes(`const ${exported} =`)) ?? {};
    const esbuild = join(root, 'node_modules/esbuild/bin/esbuild');
    execFileSync(
      esbuild,
      ['--format=cjs', '--log-level=warning', `--outfile=${name}.js`, write(`${name}.ts`, code)],
      {
        cwd: folder,
      },
    );
  };

  it('publishes a version for another zip of the layer, and gives it a part of the traffic, as documented', () => {
    writeDocumented('addReader', 'canary');
    const { status, stdout, stderr } = run(write('deploy-canary.js', REQUIRES + CANARY));

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [all, canary, unrecognized, unrecognizedToo] = JSON.parse(stdout);
    const versionOf = ({ version }: { readonly version: string }) => ({ 'Fn::GetAtt': [version, 'Version'] });
    expect(all).toMatchObject({ DeletionPolicy: 'Retain', FunctionVersion: versionOf(all) });
    expect(all).not.toHaveProperty('RoutingConfig');
    expect(canary).toMatchObject({
      FunctionVersion: '8',
      RoutingConfig: {
        AdditionalVersionWeights: [{ FunctionVersion: versionOf(canary), FunctionWeight: 0.1 }],
      },
    });
    expect(canary.version).not.toBe(all.version);
    expect(unrecognizedToo.version).toBe(unrecognized.version);
  });

  it('takes the published layers of the region of the stack, as documented', () => {
    const published = ['us-east-1', 'eu-west-1'].flatMap((region) =>
      ['node', 'standalone-x86_64', 'standalone-arm64'].map((name) => ({
        region,
        layer: `dynamodb-cache-${name}`,
        architectures: ['x86_64'],
        arn: `arn:aws:lambda:${region}:123456789012:layer:dynamodb-cache-${name}:1`,
        codeSha256: 'x',
      })),
    );
    write('layer-arns.json', JSON.stringify({ version: '1.2.3', layers: published, failures: [] }));
    writeDocumented('attachToAll', 'published');
    const { stdout } = run(write('attach.js', REQUIRES + PUBLISHED));

    expect(JSON.parse(stdout)).toEqual([
      'arn:aws:lambda:eu-west-1:123456789012:layer:dynamodb-cache-standalone-arm64:1',
    ]);
  });

  it('looks for code in the documents', () => {
    expect(new Set(documented.map(({ document }) => document))).toEqual(
      new Set(['deploy/cdk/README.md', 'docs/deploy.md']),
    );
  });
});
