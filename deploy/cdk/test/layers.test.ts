import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  Architecture,
  Code,
  DockerImageCode,
  DockerImageFunction,
  determineLatestNodeRuntime,
  Function as LambdaFunction,
  LayerVersion,
  ParamsAndSecretsLayerVersion,
  ParamsAndSecretsVersions,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';

const { X86_64, ARM_64 } = Architecture;

describe('the layer of a function', () => {
  it.each([
    [Runtime.NODEJS_20_X, X86_64, 'node'],
    [Runtime.NODEJS_22_X, ARM_64, 'node'],
    [Runtime.NODEJS_24_X, X86_64, 'node'],
    [Runtime.NODEJS_LATEST, X86_64, 'node'],
    [Runtime.PYTHON_3_13, X86_64, 'standalone-x86_64'],
    [Runtime.PYTHON_3_13, ARM_64, 'standalone-arm64'],
    [Runtime.JAVA_21, X86_64, 'standalone-x86_64'],
    [Runtime.DOTNET_8, ARM_64, 'standalone-arm64'],
    [Runtime.RUBY_3_3, X86_64, 'standalone-x86_64'],
    [Runtime.PROVIDED_AL2023, ARM_64, 'standalone-arm64'],
  ])('fits %s on %s: %s', (runtime, architecture, name) => {
    const world = new CacheStack();
    world.addCache().attachTo(world.addFunction('Function', runtime, architecture));
    const [layer] = new DeployedFunction(world.template).layers;

    expect(layer).toMatchObject({
      Description: `dynamodb-cache-extension, ${name}`,
      CompatibleArchitectures: name === 'node' ? ['x86_64', 'arm64'] : [architecture.name],
    });
  });

  it('is that of Node.js where CDK leaves the release line to the region', () => {
    const world = new CacheStack();
    const fn = world.addFunction('Function', determineLatestNodeRuntime(world.stack));
    world.addCache().attachTo(fn);

    expect(new DeployedFunction(world.template).layers[0]).toMatchObject({
      Description: 'dynamodb-cache-extension, node',
    });
  });

  it('is made once for all functions that it fits', () => {
    const world = new CacheStack();
    const cache = world.addCache();
    for (const id of ['One', 'Another']) cache.attachTo(world.addFunction(id));
    const [one, another] = ['One', 'Another'].map((id) => new DeployedFunction(world.template, id).layers);

    expect(one).toHaveLength(2);
    expect(another).toEqual(one);
    world.template.resourceCountIs('AWS::Lambda::LayerVersion', 2);
  });

  it('comes beside those that the function has', () => {
    const world = new CacheStack();
    const fn = world.addFunction();
    fn.addLayers(
      LayerVersion.fromLayerVersionArn(
        world.stack,
        'Other',
        'arn:aws:lambda:eu-west-1:123456789012:layer:other:1',
      ),
    );
    world.addCache().attachTo(fn);

    expect(new DeployedFunction(world.template).layers).toHaveLength(3);
  });

  it('is one that is there already, where one is given', () => {
    const world = new CacheStack();
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:layer:dynamodb-cache-node:7';
    const node = LayerVersion.fromLayerVersionArn(world.stack, 'Published', arn);
    world.addCache({ layers: { node } }).attachTo(world.addFunction());

    expect(new DeployedFunction(world.template).layers[0]).toBe(arn);
  });

  it('is the published one of its runtime and architecture, for each function of a stack', () => {
    const world = new CacheStack();
    const names = ['node', 'standalone-x86_64', 'standalone-arm64'] as const;
    const arnOf = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:layer:dynamodb-cache-${name}:7`;
    const layers = Object.fromEntries(
      names.map((name) => [name, LayerVersion.fromLayerVersionArn(world.stack, name, arnOf(name))]),
    );
    const cache = world.addCache({ layers });
    cache.attachTo(world.addFunction('Node', Runtime.NODEJS_24_X, ARM_64));
    cache.attachTo(world.addFunction('Java', Runtime.JAVA_21, X86_64));
    cache.attachTo(world.addFunction('Python', Runtime.PYTHON_3_13, ARM_64));

    expect(
      ['Node', 'Java', 'Python'].map((id) => new DeployedFunction(world.template, id).layers[0]),
    ).toEqual(names.map(arnOf));
  });

  it('is given once, however often it is attached', () => {
    const world = new CacheStack();
    const fn = world.addFunction();
    world.addCache().attachTo(fn).attachTo(fn);

    expect(new DeployedFunction(world.template).layers).toHaveLength(2);
  });

  it('is refused to a Node.js that is too old for it', () => {
    const world = new CacheStack();
    const fn = world.addFunction('Function', Runtime.NODEJS_18_X);

    expect(() => world.addCache().attachTo(fn)).toThrow('nodejs18.x; allowed: nodejs20.x or later');
  });

  it('is refused to a container image, which has none', () => {
    const world = new CacheStack();
    const code = DockerImageCode.fromEcr(Repository.fromRepositoryName(world.stack, 'Images', 'images'));
    const fn = new DockerImageFunction(world.stack, 'Function', { code });

    expect(() => world.addCache().attachTo(fn)).toThrow('copy the extension into the image');
  });

  it('is missed with a word on how it is made', () => {
    const world = new CacheStack();
    const nowhere = join(world.folder, 'nowhere');
    const cache = world.addCache({ layers: nowhere });

    expect(() => cache.attachTo(world.addFunction())).toThrow(
      `there is no ${nowhere}/node.zip: \`npm run layers\` makes it`,
    );
  });

  it('is missed where others are given', () => {
    const world = new CacheStack();
    const cache = world.addCache({ layers: {} });

    expect(() => cache.attachTo(world.addFunction())).toThrow('`layers` has no node');
  });
});

describe("AWS's Parameters and Secrets extension on the same function", () => {
  const warnings = (compatibility: string, hasExtensionOfAws: boolean): number => {
    const world = new CacheStack();
    const fn = new LambdaFunction(world.stack, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'any.handler',
      code: Code.fromInline('any'),
      ...(hasExtensionOfAws ? { paramsAndSecrets: EXTENSION_OF_AWS } : {}),
    });
    world.addCache({ settings: { compatibility } }).attachTo(fn);
    const found = Annotations.fromStack(world.stack).findWarning(
      '*',
      Match.stringLikeRegexp('remove that property'),
    );
    return found.length;
  };

  it('is warned of if its port is served', () => {
    expect(warnings('parameters-and-secrets', true)).toBe(1);
    expect(warnings('parameters-and-secrets', false)).toBe(0);
    expect(warnings('appconfig', true)).toBe(0);
  });
});

const EXTENSION_OF_AWS = ParamsAndSecretsLayerVersion.fromVersion(ParamsAndSecretsVersions.V1_0_103);
