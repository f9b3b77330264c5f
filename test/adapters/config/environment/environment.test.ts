import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../../../src/adapters/config/environment/environment.ts';
import { VARIABLE_PREFIX, VARIABLES } from '../../../../src/adapters/config/environment/variable-names.ts';

const MIB = 1_048_576;
const DURATION =
  'a Go duration such as 30s, 3m or 1h30m (units ns, us, ms, s, m, h), at most about 292 years either way';
const NOT_NEGATIVE = 'a Go duration that is not negative, such as 30s or 1h30m; 0s turns it off';
const URL_RULE =
  'an http or https URL without credentials, query and fragment, other than that of this extension';
const COHERENCE_RULE = `ttl, invocation, or ${DURATION}, from 100ms to 24h`;
const JOURNAL_RULE =
  'the name (not the ARN) of a table in the region of the function, of 3 to 255 characters out of a-z, A-Z, 0-9, "_", "-" and "."';
const COMPATIBILITY = 'parameters-and-secrets, appconfig, or both with a comma between';

const read = (environment: Record<string, string | undefined>) => readEnvironment(environment);

describe('readEnvironment', () => {
  it('has a default for everything', () => {
    expect(read({})).toEqual({
      settings: {
        port: 4000,
        maxHeaderBytes: 16_384,
        maxConnections: 256,
        rawListener: true,
        maxBytes: 64 * MIB,
        maxAbsenceBytes: 4 * MIB,
        maxSourceReads: 50,
        maxWaitingReads: 1000,
        maxPendingBodyBytes: 33_554_432,
        preload: false,
        preloadTimeoutMs: 8000,
        timeoutMs: 2000,
        writeWindowMs: 10_000,
        keepsTypedForm: false,
        isSnapshotted: false,
        metrics: 'none',
        logLevel: 'warn',
        compatible: new Map(),
        hasTypedErrors: false,
        endpoints: {},
        secretTokens: [],
        lifetimes: {
          ttlMs: 3_600_000,
          negativeTtlMs: 10_000,
          staleWhileRevalidateMs: 0,
          staleIfErrorMs: 3_600_000,
        },
      },
      configPath: undefined,
      problems: [],
    });
  });

  it('reads every variable', () => {
    const environment = {
      CACHE_EXTENSION_TTL: '90s',
      CACHE_EXTENSION_INIT_STARTUP: 'T',
      CACHE_EXTENSION_CONFIG: '/opt/cache.yaml',
      CACHE_EXTENSION_PORT: '4001',
      CACHE_EXTENSION_MAX_BYTES: '1000000',
      CACHE_EXTENSION_MAX_ITEMS: '500',
      CACHE_EXTENSION_MAX_ABSENCE_BYTES: '0',
      CACHE_EXTENSION_NEGATIVE_TTL: '1s',
      CACHE_EXTENSION_STALE_WHILE_REVALIDATE: '1m',
      CACHE_EXTENSION_STALE_IF_ERROR: '0',
      CACHE_EXTENSION_TIMEOUT: '1.5s',
      CACHE_EXTENSION_PRELOAD_TIMEOUT: '15m',
      CACHE_EXTENSION_WRITE_WINDOW: '3s',
      CACHE_EXTENSION_MAX_UPSTREAM_READS: '8',
      CACHE_EXTENSION_MAX_WAITING_READS: '0',
      CACHE_EXTENSION_MAX_PENDING_BODY_BYTES: '20000000',
      CACHE_EXTENSION_MAX_HEADER_BYTES: '8192',
      CACHE_EXTENSION_MAX_CONNECTIONS: '4',
      CACHE_EXTENSION_RAW_LISTENER: 'false',
      CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com',
      CACHE_EXTENSION_TOKEN: 's3cret',
      CACHE_EXTENSION_METRICS: 'emf',
      CACHE_EXTENSION_LOG_LEVEL: 'debug',
      CACHE_EXTENSION_HTTPS_PROXY: 'http://proxy:3128',
      CACHE_EXTENSION_SSM_ENDPOINT: 'https://vpce-2.ssm.eu-west-1.vpce.amazonaws.com',
      CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT: 'http://127.0.0.1:8001',
      CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT: 'http://127.0.0.1:8002/base',
      CACHE_EXTENSION_STS_ENDPOINT: 'https://vpce-3.sts.eu-west-1.vpce.amazonaws.com',
      CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
      CACHE_EXTENSION_SDK_ENDPOINTS: 'ssm',
      CACHE_EXTENSION_TYPED_ERRORS: 'true',
      CACHE_EXTENSION_COHERENCE: '1s',
      CACHE_EXTENSION_JOURNAL_TABLE: 'my-journal',
      CACHE_EXTENSION_JOURNAL_PAGES: '16',
      CACHE_EXTENSION_TIER_URL: 'redis://cache.example',
    };
    expect(Object.keys(environment).sort()).toEqual(Object.values(VARIABLES).sort());
    expect(read({ ...environment, AWS_LAMBDA_FUNCTION_NAME: 'orders', AWS_REGION: 'eu-west-1' })).toEqual({
      settings: {
        port: 4001,
        maxHeaderBytes: 8192,
        maxConnections: 4,
        rawListener: false,
        maxBytes: 1_000_000,
        maxItems: 500,
        maxAbsenceBytes: 0,
        maxSourceReads: 8,
        maxWaitingReads: 0,
        maxPendingBodyBytes: 20_000_000,
        preload: true,
        preloadTimeoutMs: 900_000,
        maxPreloadHoldMs: 8000,
        timeoutMs: 1500,
        writeWindowMs: 3000,
        keepsTypedForm: false,
        isSnapshotted: false,
        metrics: 'emf',
        logLevel: 'debug',
        dynamoDbEndpoint: 'https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com',
        proxy: { url: 'http://proxy:3128', noProxy: '' },
        region: 'eu-west-1',
        token: 's3cret',
        functionName: 'orders',
        compatible: new Map([['appconfig', 2772]]),
        hasTypedErrors: true,
        endpoints: {
          ssm: 'https://vpce-2.ssm.eu-west-1.vpce.amazonaws.com',
          secretsmanager: 'http://127.0.0.1:8001',
          appconfigdata: 'http://127.0.0.1:8002/base',
          sts: 'https://vpce-3.sts.eu-west-1.vpce.amazonaws.com',
        },
        secretTokens: ['s3cret'],
        sdkServices: ['ssm'],
        appConfigAgent: expect.objectContaining({ pollIntervalMs: 45_000, warnings: [] }),
        coherence: { mode: 'interval', ms: 1000 },
        journal: { table: 'my-journal', pages: 16 },
        tier: { host: 'cache.example', port: 6379, hasTls: false, isCluster: false },
        lifetimes: { ttlMs: 90_000, negativeTtlMs: 1000, staleWhileRevalidateMs: 60_000, staleIfErrorMs: 0 },
      },
      configPath: '/opt/cache.yaml',
      problems: [],
    });
  });

  it('names all its variables alike', () => {
    expect(Object.values(VARIABLES).filter((name) => !name.startsWith(VARIABLE_PREFIX))).toEqual([]);
  });

  it('treats an empty variable as unset', () => {
    const names = [...Object.values(VARIABLES), 'CACHE_EXTENSION_TYPO', 'AWS_REGION', 'AWS_ENDPOINT_URL'];
    expect(read(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(read({}));
  });

  it.each([
    ['CACHE_EXTENSION_TTL', '5', DURATION],
    ['CACHE_EXTENSION_NEGATIVE_TTL', '1d', DURATION],
    ['CACHE_EXTENSION_STALE_WHILE_REVALIDATE', ' 1s', DURATION],
    ['CACHE_EXTENSION_STALE_IF_ERROR', 'forever', DURATION],
    ['CACHE_EXTENSION_TIMEOUT', '2000', DURATION],
    ['CACHE_EXTENSION_TTL', '-1s', NOT_NEGATIVE],
    ['CACHE_EXTENSION_NEGATIVE_TTL', '-1ns', NOT_NEGATIVE],
    ['CACHE_EXTENSION_STALE_WHILE_REVALIDATE', '-1h', NOT_NEGATIVE],
    ['CACHE_EXTENSION_STALE_IF_ERROR', '-.5m', NOT_NEGATIVE],
    ['CACHE_EXTENSION_TIMEOUT', '0s', 'a Go duration from 1ms to 15m'],
    ['CACHE_EXTENSION_TIMEOUT', '999us', 'a Go duration from 1ms to 15m'],
    ['CACHE_EXTENSION_PRELOAD_TIMEOUT', '-1s', 'a Go duration from 1ms to 15m'],
    ['CACHE_EXTENSION_PRELOAD_TIMEOUT', '15m1ms', 'a Go duration from 1ms to 15m'],
    ['CACHE_EXTENSION_INIT_STARTUP', 'yes', 'one of 1, t, T, true, TRUE, True, 0, f, F, false, FALSE, False'],
    ['CACHE_EXTENSION_PORT', '65536', 'a whole number from 0 to 65535'],
    ['CACHE_EXTENSION_PORT', '4e3', 'a whole number from 0 to 65535'],
    ['CACHE_EXTENSION_MAX_BYTES', '64MiB', 'a whole number from 65536 to 10737418240'],
    ['CACHE_EXTENSION_MAX_BYTES', '65535', 'a whole number from 65536 to 10737418240'],
    ['CACHE_EXTENSION_MAX_ITEMS', '0', 'a whole number from 1 to 10000000'],
    ['CACHE_EXTENSION_MAX_ABSENCE_BYTES', '67108865', 'a whole number from 0 to 67108864'],
    ['CACHE_EXTENSION_MAX_UPSTREAM_READS', '-1', 'a whole number from 1 to 1000'],
    ['CACHE_EXTENSION_MAX_WAITING_READS', '1.5', 'a whole number from 0 to 100000'],
    ['CACHE_EXTENSION_MAX_PENDING_BODY_BYTES', '1000000', 'a whole number from 17825792 to 10737418240'],
    ['CACHE_EXTENSION_MAX_HEADER_BYTES', '100', 'a whole number from 1024 to 1048576'],
    ['CACHE_EXTENSION_MAX_CONNECTIONS', '0', 'a whole number from 1 to 4000'],
    ['CACHE_EXTENSION_RAW_LISTENER', 'on', 'one of 1, t, T, true, TRUE, True, 0, f, F, false, FALSE, False'],
    ['CACHE_EXTENSION_METRICS', 'EMF', 'one of none, emf'],
    ['CACHE_EXTENSION_TYPED_ERRORS', 'on', 'one of 1, t, T, true, TRUE, True, 0, f, F, false, FALSE, False'],
    ['CACHE_EXTENSION_COMPATIBILITY', 'ssm', COMPATIBILITY],
    ['CACHE_EXTENSION_COMPATIBILITY', 'appconfig,', COMPATIBILITY],
    ['CACHE_EXTENSION_COMPATIBILITY', 'true', COMPATIBILITY],
    ['CACHE_EXTENSION_SSM_ENDPOINT', 'localhost:8000', URL_RULE],
    ['CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT', 'http://localhost:4000', URL_RULE],
    ['CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT', 'http://db/?x=1', URL_RULE],
    ['CACHE_EXTENSION_STS_ENDPOINT', 'sts.eu-west-1.amazonaws.com', URL_RULE],
    ['CACHE_EXTENSION_LOG_LEVEL', 'verbose', 'one of debug, info, warn, error, none'],
    ['CACHE_EXTENSION_COHERENCE', 'always', COHERENCE_RULE],
    ['CACHE_EXTENSION_COHERENCE', '99ms', COHERENCE_RULE],
    ['CACHE_EXTENSION_COHERENCE', '25h', COHERENCE_RULE],
    ['CACHE_EXTENSION_JOURNAL_TABLE', 'ab', JOURNAL_RULE],
    ['CACHE_EXTENSION_JOURNAL_TABLE', 'a'.repeat(70).concat('/b'), JOURNAL_RULE],
    ['CACHE_EXTENSION_JOURNAL_TABLE', 'arn:aws:dynamodb:eu-west-1:1:table/abc', JOURNAL_RULE],
    ['CACHE_EXTENSION_JOURNAL_PAGES', '0', 'a whole number from 1 to 16'],
    ['CACHE_EXTENSION_JOURNAL_PAGES', '17', 'a whole number from 1 to 16'],
    ['CACHE_EXTENSION_DYNAMODB_ENDPOINT', 'localhost:8000', URL_RULE],
    ['CACHE_EXTENSION_DYNAMODB_ENDPOINT', 'not a URL', URL_RULE],
    ['CACHE_EXTENSION_DYNAMODB_ENDPOINT', 'ftp://dynamodb', URL_RULE],
    ['CACHE_EXTENSION_DYNAMODB_ENDPOINT', 'http://db/?x=1', URL_RULE],
    ['CACHE_EXTENSION_DYNAMODB_ENDPOINT', 'http://localhost:4000', URL_RULE],
  ])('rejects %s=%s with the allowed values, and uses the default', (name, value, allowed) => {
    const { problems, settings } = read({ [name]: value });
    expect(problems).toEqual([`${name} is "${value}"; allowed: ${allowed}`]);
    expect(settings).toEqual(read({}).settings);
  });

  it.each(['invocation', '1s'])('rejects CACHE_EXTENSION_COHERENCE=%s without a journal', (coherence) => {
    expect(read({ CACHE_EXTENSION_COHERENCE: coherence }).problems).toEqual([
      `CACHE_EXTENSION_COHERENCE is "${coherence}", but CACHE_EXTENSION_JOURNAL_TABLE names no table; set it to the name of the journal table`,
    ]);
  });

  it('accepts CACHE_EXTENSION_COHERENCE=ttl without a journal', () => {
    expect(read({ CACHE_EXTENSION_COHERENCE: 'ttl' })).toMatchObject({
      settings: { coherence: { mode: 'ttl' } },
      problems: [],
    });
  });

  it('distributes the keys of a scope among four items of the journal by default', () => {
    expect(read({ CACHE_EXTENSION_JOURNAL_TABLE: 'abc' })).toMatchObject({
      settings: { journal: { table: 'abc', pages: 4 } },
      problems: [],
    });
  });

  it('accepts a time-out of one millisecond', () => {
    expect(read({ CACHE_EXTENSION_TIMEOUT: '1ms' })).toMatchObject({
      settings: { timeoutMs: 1 },
      problems: [],
    });
  });

  it('reports all problems', () => {
    const problems = read({
      CACHE_EXTENSION_TTL: 'x',
      CACHE_EXTENSION_PORT: 'x',
      CACHE_EXTENSION_TTLS: 'x',
      CACHE_EXTENSION_MAX_BYTES: 'x',
    }).problems.map((problem) => problem.split(' ')[0]);
    expect(problems.sort()).toEqual([
      'CACHE_EXTENSION_MAX_BYTES',
      'CACHE_EXTENSION_PORT',
      'CACHE_EXTENSION_TTL',
      'CACHE_EXTENSION_TTLS',
    ]);
  });

  it('shortens long and multi-line values to one line', () => {
    const { problems } = read({ CACHE_EXTENSION_LOG_LEVEL: `a\n${'b'.repeat(1000)}` });
    expect(problems).toEqual([
      `CACHE_EXTENSION_LOG_LEVEL is "a\\n${'b'.repeat(78)}…"; allowed: one of debug, info, warn, error, none`,
    ]);
  });

  it('allows any free port outside Lambda only', () => {
    expect(read({ CACHE_EXTENSION_PORT: '0' }).settings.port).toBe(0);
    expect(
      read({ CACHE_EXTENSION_PORT: '0', AWS_LAMBDA_RUNTIME_API: '169.254.100.1:9001' }).problems,
    ).toEqual(['CACHE_EXTENSION_PORT is "0"; allowed: a whole number from 1 to 65535']);
  });
});

describe('a variable that is ours by its name only', () => {
  it.each([
    ['CACHE_EXTENSION_TTLS', 'CACHE_EXTENSION_TTL'],
    ['CACHE_EXTENSION_LOGLEVEL', 'CACHE_EXTENSION_LOG_LEVEL'],
    ['CACHE_EXTENSION_STALE_ON_ERROR', 'CACHE_EXTENSION_STALE_IF_ERROR'],
    ['CACHE_EXTENSION_log_level', 'CACHE_EXTENSION_LOG_LEVEL'],
  ])('is a problem: %s was meant to be %s', (name, meant) => {
    expect(read({ [name]: '1m' }).problems).toEqual([
      `${name} is unknown (its value is not shown); did you mean ${meant}?`,
    ]);
  });

  it('is reported with all allowed names if it resembles none of them', () => {
    expect(read({ CACHE_EXTENSION_COLOUR: 'red' }).problems).toEqual([
      `CACHE_EXTENSION_COLOUR is unknown (its value is not shown); allowed: ${Object.values(VARIABLES).join(', ')}`,
    ]);
  });
});

describe('a secret', () => {
  it.each([
    { CACHE_EXTENSION_TOKEN: 'two words' },
    { CACHE_EXTENSION_TOKEN: 'wörds' },
    { CACHE_EXTENSION_TOKEN: 'words'.repeat(1000) },
    { CACHE_EXTENSION_TOKN: 'words' },
    { CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'http://user:words@db' },
  ])('is never shown: %j', (environment) => {
    const { problems } = read(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toMatch(/w.rds/);
  });

  it('has to be fit for a header', () => {
    expect(read({ CACHE_EXTENSION_TOKEN: 'a b' }).problems).toEqual([
      'CACHE_EXTENSION_TOKEN is not fit for a header (its value is not shown); allowed: 1 to 4096 visible ASCII characters',
    ]);
  });
});

describe('the bound of the store', () => {
  it.each([
    ['128', 16 * MIB],
    ['1769', 231_866_368],
    ['4096', 512 * MIB],
    ['10240', 512 * MIB],
    ['32', 8 * MIB],
    ['lots', 64 * MIB],
    [undefined, 64 * MIB],
  ])('is, with %s MiB of memory, %i bytes', (memory, bytes) => {
    const { settings } = read({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory });
    expect(settings).toMatchObject({ maxBytes: bytes, maxAbsenceBytes: bytes / 16 });
  });

  it('is never larger than the memory', () => {
    const environment = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128', CACHE_EXTENSION_MAX_BYTES: '134217729' };
    expect(read(environment).problems).toEqual([
      'CACHE_EXTENSION_MAX_BYTES is "134217729"; allowed: a whole number from 65536 to 134217728',
    ]);
  });
});

describe('the region', () => {
  it.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'us-east-1' }, 'us-east-1'],
    [{}, undefined],
  ])('of %j is %s', (environment, region) => {
    expect(read(environment).settings.region).toBe(region);
  });

  it.each([
    ['AWS_REGION', 'eu_west', { AWS_REGION: 'eu_west', AWS_DEFAULT_REGION: 'eu-west-1' }],
    ['AWS_DEFAULT_REGION', 'eu_west', { AWS_DEFAULT_REGION: 'eu_west' }],
    ['AWS_REGION', 'EU-WEST-1', { AWS_REGION: 'EU-WEST-1' }],
    ['AWS_REGION', 'eu-west-1 ', { AWS_REGION: 'eu-west-1 ' }],
    ['AWS_REGION', 'eu-west-1.example', { AWS_REGION: 'eu-west-1.example' }],
    ['AWS_REGION', 'eu-', { AWS_REGION: 'eu-' }],
  ])('in %s must be the name of one: %j', (name, given, environment) => {
    expect(read(environment)).toMatchObject({
      settings: expect.not.objectContaining({ region: expect.anything() }),
      problems: [`${name} is ${JSON.stringify(given)}; allowed: an AWS region such as eu-west-1`],
    });
  });

  it.each([
    'us-east-1',
    'us-gov-east-1',
    'ap-southeast-7',
    'mx-central-1',
    'eusc-de-east-1',
    'ab-new-place-12',
  ])('may be %s', (region) => {
    expect(read({ AWS_REGION: region })).toMatchObject({ settings: { region }, problems: [] });
  });

  it('may be a name without a hyphen, for an emulator', () => {
    expect(read({ AWS_REGION: 'local' })).toMatchObject({ settings: { region: 'local' }, problems: [] });
  });
});

describe('an endpoint', () => {
  const own = [
    'http://localhost:4000',
    'http://LOCALHOST:4000/',
    'http://sandbox.localhost:4000',
    'http://localhost.:4000',
    'http://127.0.0.1:4000',
    'http://127.1:4000/path',
    'http://127.9.9.9:4000',
    'http://0.0.0.0:4000',
    'http://[::1]:4000',
    'http://[::]:4000',
    'http://[::ffff:127.0.0.1]:4000',
  ];
  const foreign = [
    'http://localhost:8000',
    'http://localhost',
    'http://localhost.example.com:4000',
    'http://10.0.0.1:4000',
    'http://[::2]:4000',
    'https://dynamodb.eu-west-1.amazonaws.com',
    'nonsense',
  ];

  it.each(own)('%s is our own: SDKs that use it will want typed items, and we must not', (url) => {
    expect(read({ AWS_ENDPOINT_URL: url }).settings.keepsTypedForm).toBe(true);
    expect(read({ AWS_ENDPOINT_URL_DYNAMODB: url }).settings.keepsTypedForm).toBe(true);
    expect(read({ CACHE_EXTENSION_DYNAMODB_ENDPOINT: url }).problems).toHaveLength(1);
  });

  it.each(foreign)('%s is not our own', (url) => {
    expect(read({ AWS_ENDPOINT_URL: url }).settings.keepsTypedForm).toBe(false);
    expect(read({ AWS_ENDPOINT_URL_DYNAMODB: url }).settings.keepsTypedForm).toBe(false);
  });

  it('is recognised as our own by the port that is set', () => {
    const url = 'http://localhost:80';
    expect(read({ CACHE_EXTENSION_PORT: '80', AWS_ENDPOINT_URL: url }).settings.keepsTypedForm).toBe(true);
    expect(
      read({ CACHE_EXTENSION_PORT: '80', CACHE_EXTENSION_DYNAMODB_ENDPOINT: url }).problems,
    ).toHaveLength(1);
  });

  it('is where the wrapper of the layer sends SDKs, which it sets in their process alone', () => {
    const wrapped = (path: string) => read({ AWS_LAMBDA_EXEC_WRAPPER: path }).settings.keepsTypedForm;
    expect(wrapped('/opt/dynamodb-cache-endpoint')).toBe(true);
    expect(wrapped('/opt/otel-handler')).toBe(false);
  });

  it('is known for each service whose variable names it', () => {
    const servicesOf = (environment: Record<string, string>) => read(environment).settings.sdkServices;
    const url = 'http://localhost:4000';

    expect(servicesOf({ AWS_ENDPOINT_URL_SSM: url })).toEqual(['ssm']);
    expect(servicesOf({ AWS_ENDPOINT_URL_SECRETS_MANAGER: url })).toEqual(['secretsmanager']);
    expect(servicesOf({ AWS_ENDPOINT_URL: url })).toEqual(['ssm', 'secretsmanager']);
    expect(servicesOf({ AWS_ENDPOINT_URL_SSM: 'http://localhost:8000' })).toBeUndefined();
    expect(servicesOf({ AWS_ENDPOINT_URL_DYNAMODB: url })).toBeUndefined();
  });

  it('is known for the services that CACHE_EXTENSION_SDK_ENDPOINTS lists, which must exist', () => {
    const listing = (text: string) => read({ CACHE_EXTENSION_SDK_ENDPOINTS: text });

    expect(listing('secretsmanager, ssm').settings.sdkServices).toEqual(['ssm', 'secretsmanager']);
    expect(listing('ssm,dynamodb').problems).toEqual([
      'CACHE_EXTENSION_SDK_ENDPOINTS is "ssm,dynamodb"; allowed: ssm, secretsmanager, or both with a comma between',
    ]);
  });

  it('for DynamoDB goes before one for all services, as in the SDKs', () => {
    const environment = {
      AWS_ENDPOINT_URL: 'http://localhost:4000',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000',
    };
    expect(read(environment).settings.keepsTypedForm).toBe(false);
  });
});

describe('the endpoint variables of the AWS SDKs', () => {
  const LOCAL = 'http://127.0.0.1:8000';
  const upstreamOf = (environment: Record<string, string>) => {
    const { settings, problems } = read(environment);
    return { upstream: settings.dynamoDbEndpoint, problems };
  };

  it.each([
    [{ AWS_ENDPOINT_URL_DYNAMODB: LOCAL }, LOCAL],
    [{ AWS_ENDPOINT_URL: LOCAL }, LOCAL],
    [{ AWS_ENDPOINT_URL_DYNAMODB: LOCAL, AWS_ENDPOINT_URL: 'http://localhost:4566' }, LOCAL],
    [
      { AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:4000', CACHE_EXTENSION_PORT: '4001' },
      'http://localhost:4000',
    ],
    [{ AWS_ENDPOINT_URL_DYNAMODB: LOCAL, CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'http://db:1' }, 'http://db:1'],
    [{ AWS_ENDPOINT_URL_DYNAMODB: LOCAL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, undefined],
    [{ AWS_ENDPOINT_URL: LOCAL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' }, undefined],
    [{ AWS_ENDPOINT_URL: LOCAL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }, LOCAL],
    [{ AWS_ENDPOINT_URL_DYNAMODB: '' }, undefined],
    [{ AWS_ENDPOINT_URL_DYNAMODB: LOCAL, AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' }, undefined],
    [{ AWS_ENDPOINT_URL: LOCAL, AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' }, undefined],
    [{ AWS_ENDPOINT_URL: 'http://localhost:4000', AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' }, undefined],
  ])('outside Lambda name the upstream, unless something goes before them: %j', (environment, upstream) => {
    expect(upstreamOf(environment)).toEqual({ upstream, problems: [] });
  });

  it.each([
    { AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:4000' },
    { AWS_ENDPOINT_URL: 'http://[::1]:4000/' },
    { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4001', CACHE_EXTENSION_PORT: '4001' },
  ])('are refused where they lead to the server itself: %j', (environment) => {
    const [name] = Object.keys(environment);
    expect(upstreamOf(environment)).toEqual({
      upstream: undefined,
      problems: [expect.stringMatching(`^${name} is "http:.*", the address of this server itself`)],
    });
    const ignored = { ...environment, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(upstreamOf(ignored)).toEqual({ upstream: undefined, problems: [] });
  });

  it('are refused if they are no URL of a server, without their credentials', () => {
    expect(upstreamOf({ AWS_ENDPOINT_URL: 'localhost:8000' }).problems).toEqual([
      'AWS_ENDPOINT_URL is "localhost:8000"; allowed: an http or https URL without credentials, query and fragment; correct or unset it, or set CACHE_EXTENSION_DYNAMODB_ENDPOINT to the URL of DynamoDB',
    ]);
    expect(upstreamOf({ AWS_ENDPOINT_URL: 'http://me:secret@db' }).problems[0]).not.toContain('secret');
  });
});

describe('the proxy for calls to AWS', () => {
  const OWN_RULE =
    'http://[user:password@]host:port, other than the address of this extension, or environment for the proxy of HTTPS_PROXY and NO_PROXY';

  it('is absent by default, even if HTTPS_PROXY is set', () => {
    expect(read({ HTTPS_PROXY: 'http://proxy:3128', https_proxy: 'nonsense' })).toEqual(read({}));
  });

  it.each([['http://proxy:3128'], ['http://me:secret@10.0.0.1:3128/'], ['http://[fd00::1]:80']])(
    'is the URL %s as it is given, for all hosts',
    (url) => {
      const { settings, problems } = read({ CACHE_EXTENSION_HTTPS_PROXY: url, NO_PROXY: '*' });
      expect(settings.proxy).toEqual({ url, noProxy: '' });
      expect(problems).toEqual([]);
    },
  );

  it.each([
    [{}, undefined],
    [{ HTTPS_PROXY: 'http://a:1' }, { url: 'http://a:1', noProxy: '' }],
    [
      { https_proxy: 'http://b:1', no_proxy: 'x' },
      { url: 'http://b:1', noProxy: 'x' },
    ],
    [
      { HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1', NO_PROXY: 'x', no_proxy: 'y' },
      { url: 'http://a:1', noProxy: 'x' },
    ],
  ])('of the environment %j is %j', (env, proxy) => {
    const { settings, problems } = read({ CACHE_EXTENSION_HTTPS_PROXY: 'environment', ...env });
    expect(settings.proxy).toEqual(proxy);
    expect(problems).toEqual([]);
  });

  it.each([
    ['proxy:3128'],
    ['https://proxy:3128'],
    ['http:proxy'],
    ['http://'],
    ['http://proxy:70000'],
    ['http://proxy/path'],
    ['http://proxy?x'],
    ['http://localhost:4000'],
    ['Environment'],
  ])('is refused if it is %s', (url) => {
    const { settings, problems } = read({ CACHE_EXTENSION_HTTPS_PROXY: url });
    expect(problems).toEqual([`CACHE_EXTENSION_HTTPS_PROXY is "${url}"; allowed: ${OWN_RULE}`]);
    expect(settings).toEqual(read({}).settings);
  });

  it.each([
    ['socks5://me:hunter2@proxy:1080'],
    ['me:hunter2@proxy:3128'],
    ['http://me:hunter2%zz@proxy:3128'],
    ['http://me:hunter2@proxy:3128/path'],
  ])('is refused without showing the password in %s', (url) => {
    for (const env of [
      { CACHE_EXTENSION_HTTPS_PROXY: url },
      { CACHE_EXTENSION_HTTPS_PROXY: 'environment', https_proxy: url },
    ]) {
      const { problems } = read(env);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/^(CACHE_EXTENSION_HTTPS_PROXY|HTTPS_PROXY|https_proxy) is not/);
      expect(problems[0]).not.toContain('hunter2');
    }
  });
});

describe('the longest time for which a preload may delay the first invocation', () => {
  const holdOf = (initializationType: string, timeout: string) =>
    read({ AWS_LAMBDA_INITIALIZATION_TYPE: initializationType, CACHE_EXTENSION_PRELOAD_TIMEOUT: timeout })
      .settings.maxPreloadHoldMs;

  it('is 8 s on demand, where Lambda allows 10 s for the initialization', () => {
    expect(holdOf('on-demand', '60s')).toBe(8000);
    expect(holdOf('on-demand', '8001ms')).toBe(8000);
  });

  it('is the time-out of the preload if that is not longer', () => {
    expect(holdOf('on-demand', '8s')).toBeUndefined();
  });

  it.each(['provisioned-concurrency', 'snap-start', 'lambda-managed-instances', 'a future one'])(
    'is the time-out of the preload for the initialization type %s',
    (type) => {
      expect(holdOf(type, '60s')).toBeUndefined();
    },
  );
});
