import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Duration, Size } from 'aws-cdk-lib';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import type { CacheSettings } from '../dist/index.js';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';

const { config, ...SETTINGS } = VARIABLES;

const EVERY: Required<CacheSettings> = {
  ttl: Duration.minutes(5),
  negativeTtl: Duration.millis(1500),
  staleWhileRevalidate: Duration.seconds(30),
  staleIfError: Duration.hours(1),
  initStartup: true,
  preloadTimeout: Duration.seconds(7),
  timeout: Duration.millis(1),
  writeWindow: Duration.seconds(20),
  port: 4001,
  maxBytes: Size.mebibytes(32),
  maxItems: 1000,
  maxAbsenceBytes: Size.mebibytes(1),
  maxHeaderBytes: Size.kibibytes(8),
  maxConnections: 100,
  rawListener: false,
  maxUpstreamReads: 10,
  maxWaitingReads: 20,
  maxPendingBodyBytes: Size.mebibytes(64),
  coherence: 'invocation',
  journalTable: 'my-journal',
  journalPages: 8,
  tierUrl: 'rediss://user:secret@cache.example:6379',
  dynamoDbEndpoint: 'https://dynamodb.example.com',
  ssmEndpoint: 'https://ssm.example.com',
  secretsManagerEndpoint: 'https://secretsmanager.example.com',
  appConfigDataEndpoint: 'https://appconfigdata.example.com',
  stsEndpoint: 'https://sts.example.com',
  compatibility: 'parameters-and-secrets',
  sdkEndpoints: 'ssm,secretsmanager',
  typedErrors: true,
  httpsProxy: 'http://proxy.example.com:3128',
  token: 'secret',
  metrics: 'emf',
  logLevel: 'info',
};

const environmentWith = (settings: CacheSettings) => {
  const world = new CacheStack();
  world.addCache({ settings }).attachTo(world.addFunction());
  return new DeployedFunction(world.template).environment;
};

describe('the settings', () => {
  it('are the variables of the extension, and none is missing', () => {
    expect(Object.keys(environmentWith(EVERY)).sort()).toEqual(Object.values(VARIABLES).sort());
  });

  it('are written as the extension reads them', () => {
    expect(environmentWith(EVERY)).toMatchObject({
      [SETTINGS.ttl]: '300000ms',
      [SETTINGS.negativeTtl]: '1500ms',
      [SETTINGS.staleWhileRevalidate]: '30000ms',
      [SETTINGS.staleIfError]: '3600000ms',
      [SETTINGS.initStartup]: 'true',
      [SETTINGS.preloadTimeout]: '7000ms',
      [SETTINGS.timeout]: '1ms',
      [SETTINGS.writeWindow]: '20000ms',
      [SETTINGS.port]: '4001',
      [SETTINGS.maxBytes]: '33554432',
      [SETTINGS.maxItems]: '1000',
      [SETTINGS.maxAbsenceBytes]: '1048576',
      [SETTINGS.maxHeaderBytes]: '8192',
      [SETTINGS.maxConnections]: '100',
      [SETTINGS.rawListener]: 'false',
      [SETTINGS.maxUpstreamReads]: '10',
      [SETTINGS.maxWaitingReads]: '20',
      [SETTINGS.maxPendingBodyBytes]: '67108864',
      [SETTINGS.coherence]: 'invocation',
      [SETTINGS.journalTable]: 'my-journal',
      [SETTINGS.journalPages]: '8',
      [SETTINGS.tierUrl]: 'rediss://user:secret@cache.example:6379',
      [SETTINGS.dynamoDbEndpoint]: 'https://dynamodb.example.com',
      [SETTINGS.ssmEndpoint]: 'https://ssm.example.com',
      [SETTINGS.secretsManagerEndpoint]: 'https://secretsmanager.example.com',
      [SETTINGS.appConfigDataEndpoint]: 'https://appconfigdata.example.com',
      [SETTINGS.stsEndpoint]: 'https://sts.example.com',
      [SETTINGS.compatibility]: 'parameters-and-secrets',
      [SETTINGS.sdkEndpoints]: 'ssm,secretsmanager',
      [SETTINGS.typedErrors]: 'true',
      [SETTINGS.httpsProxy]: 'http://proxy.example.com:3128',
      [SETTINGS.token]: 'secret',
      [SETTINGS.metrics]: 'emf',
      [SETTINGS.logLevel]: 'info',
    });
  });

  it('that are left out are left to the extension', () => {
    expect(Object.keys(environmentWith({}))).toEqual([config]);
  });

  it('that are false are said', () => {
    expect(environmentWith({ initStartup: false })).toMatchObject({ [SETTINGS.initStartup]: 'false' });
  });

  it('that would keep the extension from starting keep the app from being synthesised', () => {
    const settings = { port: 70_000, maxConnections: 0, ttl: Duration.seconds(1) };

    expect(() => environmentWith(settings)).toThrow(
      /CACHE_EXTENSION_PORT is "70000".*\n.*CACHE_EXTENSION_MAX_CONNECTIONS/,
    );
  });

  it('may be known at the time of deployment only', () => {
    const world = new CacheStack();
    const token = new CfnParameter(world.stack, 'Token', { noEcho: true }).valueAsString;
    world.addCache({ settings: { token } }).attachTo(world.addFunction());

    expect(new DeployedFunction(world.template).environment).toMatchObject({
      [SETTINGS.token]: { Ref: 'Token' },
    });
  });

  it('may be the URL of a second tier whose host is known at the time of deployment only', () => {
    const world = new CacheStack(
      'dynamodb:\n  - table: Things\n    hashKey: id\n    coherence: invocation\n',
    );
    const host = new CfnParameter(world.stack, 'Host').valueAsString;
    const settings = { tierUrl: `rediss://${host}:6379` };
    world.addCache({ journal: true, settings }).attachTo(world.addFunction());

    expect(new DeployedFunction(world.template).environment).toMatchObject({
      [SETTINGS.tierUrl]: { 'Fn::Join': ['', ['rediss://', { Ref: 'Host' }, ':6379']] },
    });
  });
});
