import { describe, expect, it } from '@jest/globals';
import {
  appConfigSection,
  listedConfigurations,
} from '../../../../src/adapters/config/cache-yaml/appconfig-section.ts';
import { readCacheYaml } from '../../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { readPlainYaml } from '../../../../src/adapters/config/yaml/plain-yaml.ts';
import { readYaml } from '../../../../src/adapters/config/yaml/yaml-document.ts';

const lifetimes = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };
const BY_DEFAULT = { preload: true, lifetimes };

const read = (text: string) => {
  const yaml = readCacheYaml('f', readYaml(text), { lifetimes, region: undefined }, [appConfigSection]);
  const plain = readPlainYaml(text);
  if (plain !== undefined) {
    expect(readCacheYaml('f', plain, { lifetimes, region: undefined }, [appConfigSection])).toEqual(yaml);
  }
  return yaml;
};

const configurationsIn = (text: string) => {
  const yaml = read(text);
  expect(yaml.problems).toEqual([]);
  return listedConfigurations(yaml, lifetimes);
};

const problemsIn = (text: string) => read(text).problems;

describe('the section of configurations', () => {
  it('is a list of configurations', () => {
    expect(
      configurationsIn(`
appConfig:
  - application: shop
    environment: prod
    profile: flags
  - { Application: abc1234, environment: e/1, profile: 'a:b' }`),
    ).toEqual({
      listed: [
        { application: 'shop', environment: 'prod', profile: 'flags', ...BY_DEFAULT },
        { application: 'abc1234', environment: 'e/1', profile: 'a:b', ...BY_DEFAULT },
      ],
      onDemand: true,
    });
  });

  it('or a mapping whose settings apply to entries that do not have their own', () => {
    const text = `
AppConfig:
  onDemand: false
  region: us-west-2
  preload: false
  pollInterval: 30s
  staleIfError: 1h
  items:
    - { application: shop, environment: prod, profile: flags }
    - application: shop
      environment: test
      profile: flags
      region: eu-central-1
      preload: true
      pollInterval: 5m
      negativeTtl: 1s
      staleWhileRevalidate: 1m
      staleIfError: 0`;
    expect(configurationsIn(text)).toEqual({
      listed: [
        {
          application: 'shop',
          environment: 'prod',
          profile: 'flags',
          region: 'us-west-2',
          preload: false,
          lifetimes: { ...lifetimes, ttlMs: 30_000, staleIfErrorMs: 3_600_000 },
        },
        {
          application: 'shop',
          environment: 'test',
          profile: 'flags',
          region: 'eu-central-1',
          preload: true,
          lifetimes: {
            ttlMs: 300_000,
            negativeTtlMs: 1_000,
            staleWhileRevalidateMs: 60_000,
            staleIfErrorMs: 0,
          },
        },
      ],
      onDemand: false,
    });
  });

  it.each(['appConfig: {}', 'appConfig: { items: [], pollInterval: 1m }', 'appConfig: { items: null }'])(
    'lists nothing, and serves everything: %s',
    (text) => {
      expect(configurationsIn(text)).toEqual({ listed: [], onDemand: true });
    },
  );

  it('is absent if the file does not have it', () => {
    expect(configurationsIn('appConfig: null\ndynamodb: [{ table: abc, hashKey: id }]')).toBeUndefined();
  });

  it.each([
    ['appConfig: shop', '1:12'],
    ['appConfig:\n  - application: shop\n    environment: prod', '2:5'],
    ['appConfig:\n  - application: ""\n    environment: prod\n    profile: p', '2:18'],
    ['appConfig:\n  - application: a\n    environment: ..\n    profile: p', '3:18'],
    [`appConfig:\n  - application: a\n    environment: b\n    profile: ${'x'.repeat(129)}`, '4:14'],
    ['appConfig:\n  - application: a\n    environment: b\n    profile: c\n    pollInterval: 45', '5:19'],
    ['appConfig:\n  - application: a\n    environment: b\n    profile: c\n    ttl: 45s', '5:5'],
    ['appConfig:\n  pollInterval: -1s', '2:17'],
    ['appConfig:\n  region: eu west', '2:11'],
    ['appConfig:\n  onDemand: maybe', '2:13'],
    ['appConfig:\n  items:\n    - application: a', '3:7'],
  ])('a wrong value is a problem with line and column: %j', (text, place) => {
    expect(problemsIn(text)).toContainEqual(expect.stringMatching(`^f:${place}: appConfig`));
  });

  it.each([
    ['appConfig: []', '1:12: appConfig is an empty list; allowed: a list of at least one configuration'],
    [
      'appConfig: shop',
      '1:12: appConfig is "shop"; allowed: a list of at least one configuration, or a mapping with items',
    ],
    ['appConfig: { items: shop }', '1:21: appConfig.items is "shop"; allowed: a list of configurations'],
  ])('a value that is no list is a problem that says what is allowed: %s', (text, problem) => {
    expect(problemsIn(text)).toEqual([`f:${problem}`]);
  });

  it('a configuration that is listed again is a problem where it is repeated, in any region', () => {
    const entry = (region: string) =>
      `    - { application: a, environment: b, profile: c, region: ${region} }`;
    const list = ['eu-west-1', 'us-west-2'].map(entry).join('\n');

    expect(problemsIn(`appConfig:\n${list}`)).toEqual([
      'f:3:50: appConfig[1].profile is "c"; allowed: each configuration once',
    ]);
    expect(problemsIn(`appConfig:\n  items:\n${list}`)).toEqual([
      'f:4:50: appConfig.items[1].profile is "c"; allowed: each configuration once',
    ]);
    expect(
      problemsIn(
        'appConfig: [{ application: a/b, environment: c, profile: d }, { application: a, environment: b/c, profile: d }]',
      ),
    ).toEqual([]);
  });
});
