import { describe, expect, it } from '@jest/globals';
import { Duration, SecretValue, Size } from 'aws-cdk-lib';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { DynamoDbCacheExtension } from '../dist/index.js';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';

/** Passes values as JavaScript would, without the checks of TypeScript. */
const given = (props: object) => () => new CacheStack().addCache(props as never);

describe('a construct that JavaScript creates', () => {
  it.each([
    [{ ttl: 300 }, 'settings.ttl: takes a Duration, e.g. Duration.minutes(5); given 300'],
    [{ ttl: '5m' }, 'settings.ttl: takes a Duration, e.g. Duration.minutes(5); given "5m"'],
    [
      { timeout: Size.mebibytes(1) },
      'settings.timeout: takes a Duration, e.g. Duration.minutes(5); given an inst',
    ],
    [{ negativeTtl: null }, 'settings.negativeTtl: takes a Duration, e.g. Duration.minutes(5); given null'],
    [
      { writeWindow: { seconds: 5 } },
      'settings.writeWindow: takes a Duration, e.g. Duration.minutes(5); given an o',
    ],
    [{ staleIfError: 0 }, 'settings.staleIfError: takes a Duration, e.g. Duration.minutes(5); given 0'],
    [{ maxBytes: 33_554_432 }, 'settings.maxBytes: takes a Size, e.g. Size.mebibytes(32); given 33554432'],
    [
      { maxHeaderBytes: Duration.days(1) },
      'settings.maxHeaderBytes: takes a Size, e.g. Size.mebibytes(32); given an',
    ],
    [{ port: '4000' }, 'settings.port: takes a number; given "4000"'],
    [{ initStartup: 'true' }, 'settings.initStartup: takes true or false; given "true"'],
    [{ metrics: ['emf'] }, 'settings.metrics: takes a string; given an array'],
  ])('refuses the settings %j, and says what is allowed', (settings, message) => {
    expect(given({ settings })).toThrow(message);
  });

  it.each([
    [{ confg: 'cache.yaml' }, 'confg: unknown property; did you mean config?'],
    [{ setting: {} }, 'setting: unknown property; did you mean settings?'],
    [{ settings: { TTL: Duration.minutes(5) } }, 'settings.TTL: unknown property; did you mean ttl?'],
    [{ settings: { maxByte: undefined } }, 'settings.maxByte: unknown property; did you mean maxBytes?'],
    [{ settings: { preload: true } }, 'settings.preload: unknown property; allowed: ttl, negativeTtl, '],
    [{ settings: { constructor: 1 } }, 'settings.constructor: unknown property; allowed: ttl, '],
    [
      { layers: { 'standalone-x86-64': {} } },
      'layers.standalone-x86-64: unknown property; did you mean standalone-x86_64?',
    ],
  ])('refuses unknown properties, and names the nearest known one: %j', (props, message) => {
    expect(given(props)).toThrow(message);
  });

  it.each([
    [
      { config: undefined },
      'config: takes the path of a cache.yaml, which only settings.compatibility makes optional; given undefined',
    ],
    [{ configInCode: 'yes' }, 'configInCode: takes true or false; given "yes"'],
    [{ variables: { A: '' } }, 'variables: takes an object of texts that are not empty'],
    [{ variables: { A: 7 } }, 'variables: takes an object of texts that are not empty'],
    [{ settings: [] }, 'settings: takes an object; given an array'],
    [{ layers: 7 }, 'layers: takes a folder, or an object of layer versions; given 7'],
    [{ layers: { node: 'arn:aws:lambda' } }, 'layers.node: takes a layer version; given "arn:aws:lambda"'],
  ])('refuses properties of another type: %j', (props, message) => {
    expect(given(props)).toThrow(message);
  });

  it('refuses missing properties', () => {
    const { stack } = new CacheStack();

    expect(() => new DynamoDbCacheExtension(stack, 'Cache', undefined as never)).toThrow(
      'props: takes an object; given undefined',
    );
  });

  it('reports all wrong properties at once', () => {
    expect(given({ settings: { ttl: 300, porte: 1, port: true }, layer: 'layers' })).toThrow(
      /^layer: .*\nsettings\.porte: .*\nsettings\.ttl: .*\nsettings\.port: .*$/,
    );
  });

  it.each([[12_345], [SecretValue.unsafePlainText('12345')]])(
    'does not show the value of a token of another type',
    (token) => {
      expect(given({ settings: { token } })).toThrow(/^settings\.token: takes a string; given another type$/);
    },
  );

  it('accepts durations of another copy of aws-cdk-lib', () => {
    const ttl = { toMilliseconds: () => 5000 } as Duration;
    const world = new CacheStack();
    world.addCache({ settings: { ttl } }).attachTo(world.addFunction());

    expect(new DeployedFunction(world.template).environment).toMatchObject({ [VARIABLES.ttl]: '5000ms' });
  });
});
