import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../../../src/adapters/config/environment/environment.ts';

type Given = Readonly<Record<string, string>>;

const replaced = (environment: Given) => {
  const { settings, problems } = readEnvironment({
    CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets',
    ...environment,
  });
  expect(problems).toEqual([]);
  return settings.parametersSecretsExtension;
};

describe("the variables of AWS's Parameters and Secrets extension", () => {
  it('are ignored unless the extension is replaced', () => {
    const environment = {
      CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
      SECRETS_MANAGER_TTL: 'x',
      PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL: 'debug',
    };
    const { settings, problems } = readEnvironment(environment);

    expect([settings.parametersSecretsExtension, settings.logLevel, problems]).toEqual([
      undefined,
      'warn',
      [],
    ]);
  });

  it('say nothing if they are not set', () => {
    expect(replaced({})).toEqual({
      parameters: { ttlMs: undefined, timeoutMs: undefined },
      secrets: { ttlMs: undefined, timeoutMs: undefined },
      isCaching: true,
      maxReads: undefined,
      logLevel: undefined,
      warnings: [],
    });
  });

  it('are read, each for its service', () => {
    expect(
      replaced({
        SSM_PARAMETER_STORE_TTL: '0',
        SSM_PARAMETER_STORE_TIMEOUT_MILLIS: '1500',
        SECRETS_MANAGER_TTL: ' 300 ',
        SECRETS_MANAGER_TIMEOUT_MILLIS: '0',
        PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: 'True',
        PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: '1000',
        PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS: '7',
        PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL: 'INFO',
      }),
    ).toEqual({
      parameters: { ttlMs: 0, timeoutMs: 1500 },
      secrets: { ttlMs: 300_000, timeoutMs: 0 },
      isCaching: true,
      maxReads: 7,
      logLevel: 'info',
      warnings: [],
    });
  });

  it.each([
    [{ PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: 'FALSE' }, false],
    [{ PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: '0' }, false],
    [{ PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: '1' }, true],
    [{ PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: 'yes' }, true],
  ] as const)('say with %j whether to cache: %s', (environment, isCaching) => {
    expect(replaced(environment)?.isCaching).toBe(isCaching);
  });

  it.each([
    ['SECRETS_MANAGER_TTL', '301', 'a whole number from 0 to 300: 300'],
    ['SECRETS_MANAGER_TTL', '-5', 'a whole number from 0 to 300: 0'],
    ['SSM_PARAMETER_STORE_TTL', '2700', 'a whole number from 0 to 300: 300'],
    ['SSM_PARAMETER_STORE_TTL', '5m', 'a whole number from 0 to 300: its default'],
    ['SSM_PARAMETER_STORE_TIMEOUT_MILLIS', '1.5', 'a whole number from 0: its default'],
    ['PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE', '1001', 'a whole number from 0 to 1000: 1000'],
    ['PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS', '0', 'a whole number from 1 to 1000: 1'],
    ['PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED', 'yes', 'one of true, false: its default'],
    ['PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL', 'loud', 'one of debug, info, warn, error, none: its default'],
  ])('are corrected with a warning that shows no value: %s=%s', (name, value, rest) => {
    expect(replaced({ [name]: value })?.warnings).toEqual([`${name} is not ${rest} is used`]);
  });

  it('have the nearest value in range', () => {
    const { secrets, parameters } =
      replaced({ SECRETS_MANAGER_TTL: '9999', SSM_PARAMETER_STORE_TTL: '-1' }) ?? {};

    expect([secrets?.ttlMs, parameters?.ttlMs]).toEqual([300_000, 0]);
  });

  it('set the level of log lines, unless the own variable does', () => {
    const environment = {
      CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets',
      PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL: 'Debug',
    };

    expect(readEnvironment(environment).settings.logLevel).toBe('debug');
    expect(readEnvironment({ ...environment, CACHE_EXTENSION_LOG_LEVEL: 'error' }).settings.logLevel).toBe(
      'error',
    );
  });
});

describe('the tokens of requests for secrets', () => {
  it('are the own one and those that the function has, under SnapStart too', () => {
    const tokensOf = (environment: Given) => readEnvironment(environment).settings.secretTokens;
    const own = { CACHE_EXTENSION_TOKEN: 'own' };
    const ofLambda = { AWS_SESSION_TOKEN: 'session' };
    const ofSnapStart = { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container' };

    expect(tokensOf({})).toEqual([]);
    expect(tokensOf({ ...own, AWS_SESSION_TOKEN: '' })).toEqual(['own']);
    expect(tokensOf(ofLambda)).toEqual(['session']);
    expect(tokensOf({ ...own, ...ofLambda, ...ofSnapStart })).toEqual(['own', 'session', 'container']);
  });
});

describe('the endpoints of the other services', () => {
  const LOCAL = 'http://127.0.0.1:8000';
  const read = (environment: Given) => {
    const { settings, problems } = readEnvironment(environment);
    return { endpoints: settings.endpoints, problems };
  };
  const all = { ssm: LOCAL, secretsmanager: LOCAL, appconfigdata: LOCAL, sts: LOCAL };

  it.each([
    [{ AWS_ENDPOINT_URL: LOCAL }, all],
    [{ AWS_ENDPOINT_URL_SSM: LOCAL }, { ssm: LOCAL }],
    [{ AWS_ENDPOINT_URL_SECRETS_MANAGER: LOCAL }, { secretsmanager: LOCAL }],
    [{ AWS_ENDPOINT_URL_APPCONFIGDATA: LOCAL }, { appconfigdata: LOCAL }],
    [{ AWS_ENDPOINT_URL_STS: LOCAL }, { sts: LOCAL }],
    [
      { AWS_ENDPOINT_URL_SSM: 'http://ssm:1', AWS_ENDPOINT_URL: LOCAL },
      { ...all, ssm: 'http://ssm:1' },
    ],
    [{ AWS_ENDPOINT_URL_SSM: LOCAL, CACHE_EXTENSION_SSM_ENDPOINT: 'https://own' }, { ssm: 'https://own' }],
    [{ AWS_ENDPOINT_URL: LOCAL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, {}],
    [{ AWS_ENDPOINT_URL_DYNAMODB: LOCAL }, {}],
  ] as const)('outside Lambda, %j means %j', (environment, endpoints) => {
    expect(read(environment)).toEqual({ endpoints, problems: [] });
  });

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SSM', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'])(
    'in Lambda, %s is for the function only',
    (variable) => {
      const environment = { [variable]: 'http://localhost:4000', AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };

      expect(read(environment)).toEqual({ endpoints: {}, problems: [] });
    },
  );

  it('in Lambda, the own variables apply', () => {
    const environment = { CACHE_EXTENSION_SSM_ENDPOINT: LOCAL, AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };

    expect(read(environment).endpoints).toEqual({ ssm: LOCAL });
  });

  it.each(['SSM', 'SECRETS_MANAGER', 'APPCONFIGDATA'])(
    'outside Lambda, AWS_ENDPOINT_URL_%s must not be this server',
    (service) => {
      const { problems } = read({ [`AWS_ENDPOINT_URL_${service}`]: 'http://localhost:4000' });

      expect(problems).toEqual([
        expect.stringMatching(/the address of this server itself.*or set CACHE_EXTENSION_/),
      ]);
    },
  );

  it('the problem of the variable for all services is reported once', () => {
    expect(read({ AWS_ENDPOINT_URL: 'http://localhost:4000' }).problems).toHaveLength(1);
  });
});
