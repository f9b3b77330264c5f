import { describe, expect, it } from '@jest/globals';
import { readServerSettings } from '../../../../src/adapters/config/environment/server-settings.ts';

describe('readServerSettings', () => {
  it('has a default for everything', () => {
    expect(readServerSettings({})).toEqual({
      port: 4000,
      maxHeaderBytes: 16_384,
      maxConnections: 256,
      rawListener: true,
    });
  });

  it('reads the variables that are set', () => {
    const environment = {
      CACHE_EXTENSION_PORT: '4001',
      CACHE_EXTENSION_MAX_HEADER_BYTES: '20000',
      CACHE_EXTENSION_MAX_CONNECTIONS: '10',
      CACHE_EXTENSION_RAW_LISTENER: '0',
    };
    expect(readServerSettings(environment)).toEqual({
      port: 4001,
      maxHeaderBytes: 20_000,
      maxConnections: 10,
      rawListener: false,
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

  it('ignores variables of other settings', () => {
    expect(readServerSettings({ CACHE_EXTENSION_TTL: 'x', CACHE_EXTENSION_TYPO: 'x' })).toBeDefined();
  });
});
