import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConfigurationDirectory } from '../../../src/domain/appconfig/configuration-directory.ts';
import {
  configurationKey,
  type ConfigurationName,
  configurationNameOf,
  nameOfParts,
  parseConfigurationPath,
} from '../../../src/domain/appconfig/configuration-name.ts';
import { anyText } from '../../support/any-text.ts';

const part = fc
  .oneof(
    anyText({ minLength: 1, maxLength: 12 }),
    fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('/', '%', '2', '5', 'F', '.', '\0', ':') }),
  )
  .filter((text) => text !== '.' && text !== '..');
const name: fc.Arbitrary<ConfigurationName> = fc.record({
  application: part,
  environment: part,
  profile: part,
});

const pathOf = ({ application, environment, profile }: ConfigurationName): string =>
  `/applications/${encodeURIComponent(application)}/environments/${encodeURIComponent(environment)}/configurations/${encodeURIComponent(profile)}`;

const shop = { application: 'shop', environment: 'prod', profile: 'flags' };

describe('the key of a configuration', () => {
  it('gives back the name that it was made of', () => {
    fc.assert(
      fc.property(name, (given) => {
        expect(configurationNameOf(configurationKey('appconfig', given))).toEqual(given);
      }),
    );
  });

  it('is equal only for equal names', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const isSame = configurationKey('g', one).text === configurationKey('g', other).text;
        expect(isSame).toBe(JSON.stringify(Object.values(one)) === JSON.stringify(Object.values(other)));
      }),
    );
  });

  it('shows plain names as they are', () => {
    expect(configurationKey('appconfig', shop).id).toBe('shop/prod/flags');
  });
});

describe('parseConfigurationPath', () => {
  it('reads every name that is encoded in a path', () => {
    fc.assert(
      fc.property(name, (given) => {
        expect(parseConfigurationPath(pathOf(given))).toEqual(given);
      }),
    );
  });

  it('never throws', () => {
    const segment = fc.string({
      maxLength: 6,
      unit: fc.constantFrom('%', 'f', '0', '.', '/', 'a', '\u00e9'),
    });
    fc.assert(
      fc.property(segment, segment, (one, other) => {
        parseConfigurationPath(`/applications/${one}/environments/${other}/configurations/c`);
      }),
    );
  });

  it.each([
    ['my%20app', 'my app'],
    ['my%2Fenv', 'my/env'],
    ['my%2fenv', 'my/env'],
    ['a+b', 'a+b'],
    ['gr%C3%BCn', 'gr\u00fcn'],
    ['...', '...'],
    ['a'.repeat(128), 'a'.repeat(128)],
  ])('reads the segment %s', (segment, application) => {
    expect(parseConfigurationPath(pathOf(shop).replace('shop', segment))).toEqual({ ...shop, application });
  });

  it.each([
    ['an empty segment', ''],
    ['a dot', '.'],
    ['two dots', '..'],
    ['an encoded dot', '%2e'],
    ['a truncated escape', 'a%2'],
    ['an escape of other characters', '%zz'],
    ['an escape that is not UTF-8', '%ff'],
    ['more than 128 characters', 'a'.repeat(129)],
    ['one segment more', 'a/b'],
  ])('does not accept %s', (_, segment) => {
    expect(parseConfigurationPath(pathOf(shop).replace('shop', segment))).toBeUndefined();
    expect(parseConfigurationPath(pathOf(shop).replace('prod', segment))).toBeUndefined();
    expect(parseConfigurationPath(pathOf(shop).replace('flags', segment))).toBeUndefined();
  });

  it.each([
    '',
    '/',
    '/ping',
    '/applications/a/environments/e/configurations',
    '/applications/a/environments/e/configurations/p/',
    '/Applications/a/environments/e/configurations/p',
    'applications/a/environments/e/configurations/p',
    '//applications/a/environments/e/configurations/p',
  ])('does not accept the path %j', (path) => {
    expect(parseConfigurationPath(path)).toBeUndefined();
  });
});

it('a name has three parts', () => {
  expect(nameOfParts(['a', 'b'])).toBeUndefined();
  expect(nameOfParts(['a', 'b', 'c', 'd'])).toBeUndefined();
});

describe('ConfigurationDirectory', () => {
  it('finds listed names in their groups, and all others in the on-demand group', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: pathOf, maxLength: 6 }), name, (names, other) => {
        const listed = names.map((each, index) => ({ ...each, group: `g${index}` }));
        const directory = new ConfigurationDirectory(listed, true);
        const place = names.findIndex((each) => pathOf(each) === pathOf(other));

        for (const { group, ...each } of listed) {
          expect(directory.keyOf(each)).toEqual(configurationKey(group, each));
        }
        expect(directory.keyOf(other)).toEqual(
          configurationKey(place === -1 ? 'appconfig:*' : `g${place}`, other),
        );
      }),
    );
  });

  it('takes another spelling of a listed name for another configuration', () => {
    const directory = new ConfigurationDirectory([{ ...shop, group: 'shop-flags' }], true);

    expect(directory.keyOf({ ...shop, application: 'abc1234' }).group).toBe('appconfig:*');
    expect(directory.keyOf({ ...shop, application: 'Shop' }).group).toBe('appconfig:*');
  });

  it('refuses names that are not listed if only listed ones may be read', () => {
    const directory = new ConfigurationDirectory([{ ...shop, group: 'shop-flags' }], false);

    expect(directory.keyOf(shop).group).toBe('shop-flags');
    expect(() => directory.keyOf({ ...shop, profile: 'other' })).toThrow(
      expect.objectContaining({
        code: 'configuration_not_listed',
        category: 'forbidden',
        message: 'the configuration is not listed under appConfig in cache.yaml, and onDemand is false',
      }),
    );
  });

  it('does not accept a configuration twice', () => {
    const listed = [
      { ...shop, group: 'one' },
      { ...shop, group: 'two' },
    ];

    expect(() => new ConfigurationDirectory(listed, true)).toThrow(
      new RangeError('a configuration is listed twice'),
    );
  });
});
