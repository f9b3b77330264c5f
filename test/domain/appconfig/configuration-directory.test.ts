import { describe, expect, it } from '@jest/globals';
import {
  ConfigurationAddressParser,
  ConfigurationDirectory,
} from '../../../src/domain/appconfig/configuration-directory.ts';
import { configurationNameOf } from '../../../src/domain/appconfig/configuration-name.ts';

const shop = { application: 'shop', environment: 'prod', profile: 'flags' };
const parser = new ConfigurationAddressParser(
  new ConfigurationDirectory([{ ...shop, group: 'shop-flags' }], true),
);
const parse = (query: Record<string, string>) => parser.parse(new Map(Object.entries(query)));

describe('ConfigurationAddressParser', () => {
  it('understands three parameters', () => {
    expect(parser.parameters).toEqual(['application', 'environment', 'profile']);
  });

  it('puts a configuration into its group, under its name', () => {
    expect(parse(shop).group).toBe('shop-flags');
    const { group, key } = parse({ ...shop, profile: 'a/b' });

    expect(group).toBe('appconfig:*');
    expect(key?.group).toBe('appconfig:*');
    expect(key && configurationNameOf(key)).toEqual({ ...shop, profile: 'a/b' });
  });

  it.each([
    {},
    { ...shop, application: '' },
    { application: 'shop', environment: 'prod' },
    { ...shop, environment: '..' },
    { ...shop, profile: 'x'.repeat(129) },
  ])('rejects %j', (query) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({
        code: 'malformed_name',
        category: 'invalid_request',
        message: 'application, environment and profile are names or ids of 1 to 128 characters',
      }),
    );
  });

  it('accepts a name of 128 characters', () => {
    expect(parse({ ...shop, profile: 'x'.repeat(128) }).key).toBeDefined();
  });
});
