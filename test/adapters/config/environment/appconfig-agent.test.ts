import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../../../src/adapters/config/environment/environment.ts';

const PREFIX = 'AWS_APPCONFIG_EXTENSION_';

/** The settings with these variables of AWS's agent, and others beside them. */
const read = (
  agent: Readonly<Record<string, string>> = {},
  others: Readonly<Record<string, string>> = {},
) => {
  const ofAgent = Object.entries(agent).map(([name, value]) => [PREFIX + name, value]);
  const environment = {
    CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
    ...Object.fromEntries(ofAgent),
    ...others,
  };
  const { settings, problems } = readEnvironment(environment);
  expect(problems).toEqual([]);
  return settings;
};

const DEFAULTS = {
  pollIntervalMs: 45_000,
  pollTimeoutMs: 3_000,
  prefetched: [],
  region: undefined,
  manifest: [],
  maxReads: undefined,
  logLevel: undefined,
  endpoint: undefined,
  proxy: undefined,
  warnings: [],
};
const ROLE_ARN = 'arn:aws:iam::111122223333:role/reader';
const FLAGS = { application: 'shop', environment: 'prod', profile: 'flags' };

describe("the variables of AWS's AppConfig Agent extension", () => {
  it('have no effect unless that extension is replaced', () => {
    const settings = read(
      { PREFETCH_LIST: 'shop:prod:flags', POLL_INTERVAL_SECONDS: 'soon', LOG_LEVEL: 'debug' },
      { CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets' },
    );

    expect(settings).not.toHaveProperty('appConfigAgent');
    expect(settings).toMatchObject({ preload: false, logLevel: 'warn', endpoints: {} });
  });

  it('have the defaults of the agent', () => {
    expect(read()).toMatchObject({ appConfigAgent: DEFAULTS, preload: false, logLevel: 'warn' });
    expect(read({ POLL_INTERVAL_SECONDS: '', PREFETCH_LIST: '', LOG_LEVEL: '' }).appConfigAgent).toEqual(
      DEFAULTS,
    );
  });

  it('are read as the agent reads them', () => {
    const settings = read({
      POLL_INTERVAL_SECONDS: '2m',
      POLL_TIMEOUT_MILLIS: '500',
      PREFETCH_LIST: ' shop:prod:flags, /applications/a%2Cb/environments/e/configurations/p ,',
      MAX_CONNECTIONS: '7',
      SERVICE_REGION: 'us-gov-west-1',
      ROLE_ARN,
      ROLE_EXTERNAL_ID: 'shop-4711',
      ROLE_SESSION_NAME: 'flags',
      MANIFEST: '{"shop:prod:flags":{"region":"us-east-1"}}',
      LOG_LEVEL: 'Trace',
      SERVICE_ENDPOINT: 'https://vpce-1.appconfigdata.eu-west-1.vpce.amazonaws.com',
      PROXY_URL: 'http://user:pass@proxy.example:3128',
      HTTP_PORT: '2779',
    });

    expect(settings.appConfigAgent).toEqual({
      pollIntervalMs: 120_000,
      pollTimeoutMs: 500,
      prefetched: [FLAGS, { application: 'a,b', environment: 'e', profile: 'p' }],
      region: 'us-gov-west-1',
      role: { roleArn: ROLE_ARN, externalId: 'shop-4711', sessionName: 'flags' },
      manifest: [{ ...FLAGS, region: 'us-east-1' }],
      maxReads: 7,
      logLevel: 'debug',
      endpoint: 'https://vpce-1.appconfigdata.eu-west-1.vpce.amazonaws.com',
      proxy: { url: 'http://user:pass@proxy.example:3128', noProxy: '' },
      warnings: [],
    });
    expect(settings.compatible).toEqual(new Map([['appconfig', 2779]]));
  });

  it.each([
    ['POLL_INTERVAL_SECONDS', '0', { pollIntervalMs: 1_000 }],
    ['POLL_INTERVAL_SECONDS', '48h', { pollIntervalMs: 86_400_000 }],
    ['POLL_INTERVAL_SECONDS', 'soon', {}],
    ['POLL_TIMEOUT_MILLIS', '-5', { pollTimeoutMs: 1 }],
    ['PREFETCH_LIST', 'shop:prod:flags,shop:prod', { prefetched: [FLAGS] }],
    ['MAX_CONNECTIONS', '0', { maxReads: 1 }],
    ['MAX_CONNECTIONS', '20000', { maxReads: 1_000 }],
    ['MAX_CONNECTIONS', 'many', {}],
    ['SERVICE_REGION', 'eu-west-1.example.com', {}],
    ['LOG_LEVEL', 'loud', {}],
    ['SERVICE_ENDPOINT', 'appconfigdata.eu-west-1.amazonaws.com', {}],
    ['SERVICE_ENDPOINT', 'http://localhost:4000', {}],
    ['PROXY_URL', 'https://user:hidden@proxy.example', {}],
    ['PROXY_URL', 'http://127.0.0.1:4000', {}],
    ['PROXY_HEADERS', 'a: hidden', {}],
  ])('%s=%s is one warning, and the start goes on', (name, value, used) => {
    const { warnings, ...rest } = read({ [name]: value }).appConfigAgent ?? DEFAULTS;

    expect({ ...rest, warnings: [] }).toEqual({ ...DEFAULTS, ...used });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(PREFIX + name);
    expect(warnings[0]).not.toContain('hidden');
  });

  it.each([
    ['ROLE_ARN', 'hidden', 'is not usable .*allowed: the ARN of an IAM role'],
    ['ROLE_EXTERNAL_ID', 'hidden id', 'is not usable .*allowed: 2 to 1224 characters'],
    ['ROLE_SESSION_NAME', 'hidden name', 'is not usable .*allowed: 2 to 64 characters'],
  ])('%s=%s is a problem, because another identity would read', (name, value, problem) => {
    const { problems } = readEnvironment({
      CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
      [`${PREFIX}ROLE_ARN`]: ROLE_ARN,
      [PREFIX + name]: value,
    });

    expect(problems).toEqual([expect.stringMatching(`^${PREFIX}${name} ${problem}`)]);
    expect(problems[0]).not.toContain('hidden');
  });

  it('CACHE_EXTENSION_TIMEOUT takes precedence over the time-outs of both extensions', () => {
    const { settings } = readEnvironment({
      CACHE_EXTENSION_COMPATIBILITY: 'appconfig,parameters-and-secrets',
      CACHE_EXTENSION_TIMEOUT: '500ms',
      SECRETS_MANAGER_TIMEOUT_MILLIS: '0',
      [`${PREFIX}POLL_TIMEOUT_MILLIS`]: '9s',
    });

    expect(settings.appConfigAgent?.pollTimeoutMs).toBeUndefined();
    expect(settings.parametersSecretsExtension?.secrets.timeoutMs).toBeUndefined();
  });

  it.each([
    ['trace', 'debug'],
    ['DEBUG', 'debug'],
    ['info', 'info'],
    ['Warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'error'],
    ['none', 'none'],
  ])('the log level %s is %s, unless CACHE_EXTENSION_LOG_LEVEL is set', (given, level) => {
    expect(read({ LOG_LEVEL: given }).logLevel).toBe(level);
    expect(read({ LOG_LEVEL: given }, { CACHE_EXTENSION_LOG_LEVEL: 'info' }).logLevel).toBe('info');
  });

  it('a prefetch list turns on the preload of that list only, unless CACHE_EXTENSION_INIT_STARTUP is set', () => {
    const list = { PREFETCH_LIST: 'shop:prod:flags' };
    const with_ = (value: string) => read(list, { CACHE_EXTENSION_INIT_STARTUP: value });

    expect(read(list)).toMatchObject({ preload: true, prefetchesOnly: true });
    expect(with_('true')).toMatchObject({ preload: true });
    expect(with_('true')).not.toHaveProperty('prefetchesOnly');
    expect(with_('false')).toMatchObject({ preload: false });
    expect(with_('false')).not.toHaveProperty('prefetchesOnly');
  });

  it('the endpoint yields to CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT only', () => {
    const agent = { SERVICE_ENDPOINT: 'http://agent.example' };

    expect(read(agent).endpoints).toEqual({ appconfigdata: 'http://agent.example' });
    expect(read(agent, { AWS_ENDPOINT_URL_APPCONFIGDATA: 'http://sdk.example' }).endpoints).toEqual({
      appconfigdata: 'http://agent.example',
    });
    expect(read(agent, { CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT: 'http://own.example' }).endpoints).toEqual({
      appconfigdata: 'http://own.example',
    });
  });
});
