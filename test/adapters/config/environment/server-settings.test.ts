import { describe, expect, it } from '@jest/globals';
import {
  readServerSettings,
  serverSettings,
} from '../../../../src/adapters/config/environment/server-settings.ts';
import { Variables } from '../../../../src/adapters/config/environment/variables.ts';

describe('readServerSettings', () => {
  it('has a default for everything', () => {
    expect(readServerSettings({})).toEqual({
      port: 4000,
      maxHeaderBytes: 16_384,
      maxConnections: 256,
      rawListener: true,
      compatible: new Map(),
    });
  });

  it('reads the variables that are set', () => {
    const environment = {
      CACHE_EXTENSION_PORT: '4001',
      CACHE_EXTENSION_MAX_HEADER_BYTES: '20000',
      CACHE_EXTENSION_MAX_CONNECTIONS: '10',
      CACHE_EXTENSION_RAW_LISTENER: '0',
      CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets, appconfig',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '5000',
    };
    expect(readServerSettings(environment)).toEqual({
      port: 4001,
      maxHeaderBytes: 20_000,
      maxConnections: 10,
      rawListener: false,
      compatible: new Map([
        ['parameters-and-secrets', 5000],
        ['appconfig', 2772],
      ]),
    });
  });

  it.each([
    'CACHE_EXTENSION_PORT',
    'CACHE_EXTENSION_MAX_HEADER_BYTES',
    'CACHE_EXTENSION_MAX_CONNECTIONS',
    'CACHE_EXTENSION_RAW_LISTENER',
  ])('returns undefined if %s is invalid', (name) => {
    expect(readServerSettings({ [name]: 'many' })).toBeUndefined();
  });

  it('ignores the ports of extensions that are not replaced', () => {
    const environment = {
      AWS_APPCONFIG_EXTENSION_HTTP_PORT: 'x',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '4000',
    };

    expect(readServerSettings(environment)?.compatible).toEqual(new Map());
  });

  it.each([
    [
      { CACHE_EXTENSION_PORT: '2773' },
      'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT and CACHE_EXTENSION_PORT',
      2773,
    ],
    [
      { AWS_APPCONFIG_EXTENSION_HTTP_PORT: '2773' },
      'AWS_APPCONFIG_EXTENSION_HTTP_PORT and PARAMETERS_SECRETS_EXTENSION_HTTP_PORT',
      2773,
    ],
  ])('rejects %j, because each protocol needs a port of its own', (more, names, port) => {
    const variables = new Variables({
      CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets,appconfig',
      ...more,
    });
    serverSettings(variables);

    expect(variables.problems).toEqual([`${names} both are ${port}; allowed: different ports`]);
  });

  it('takes a name once that is repeated', () => {
    const environment = { CACHE_EXTENSION_COMPATIBILITY: 'appconfig,appconfig' };

    expect(readServerSettings(environment)?.compatible).toEqual(new Map([['appconfig', 2772]]));
  });

  it('ignores variables of other settings', () => {
    expect(readServerSettings({ CACHE_EXTENSION_TTL: 'x', CACHE_EXTENSION_TYPO: 'x' })).toBeDefined();
  });
});
