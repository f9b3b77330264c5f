import { describe, expect, it } from '@jest/globals';
import { appConfigSection } from '../../src/adapters/config/cache-yaml/appconfig-section.ts';
import { loadSettings } from '../../src/adapters/config/load-settings.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { writeCacheYaml } from '../support/e2e/cache-yaml-file.ts';

const CACHE_YAML = `
dynamodb: [{ table: Products, hashKey: id }]
appConfig:
  onDemand: ON_DEMAND
  items:
    - { application: shop, environment: prod, profile: flags }
    - { application: shop, environment: prod, profile: limits, pollInterval: 2m }
`;

/** The groups of the program, each with what it preloads. */
const groupsWith = async (
  env: Readonly<Record<string, string>>,
  cacheYaml = CACHE_YAML.replace('ON_DEMAND', 'true'),
): Promise<Readonly<Record<string, unknown>>> => {
  const file = await writeCacheYaml(cacheYaml);
  const environment = { CACHE_EXTENSION_CONFIG: file.path, AWS_REGION: 'eu-west-1', ...env };
  const settings = await loadSettings(environment, undefined, [appConfigSection]).finally(() =>
    file.remove(),
  );
  const groups = createContainer(settings).get('groups');
  return Object.fromEntries(
    groups.map(({ name, preload }) => [
      name,
      preload?.everything === true ? 'everything' : (preload?.keys.map(({ id }) => id) ?? []),
    ]),
  );
};

const PREFETCH = 'shop:prod:limits,shop:prod:others,shop:prod:others';
const AGENT = {
  CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
  AWS_APPCONFIG_EXTENSION_PREFETCH_LIST: PREFETCH,
};

describe('the groups of configurations', () => {
  it('are loaded before the first invocation if cache.yaml lists them', async () => {
    expect(await groupsWith({ CACHE_EXTENSION_INIT_STARTUP: 'true' })).toEqual({
      Products: 'everything',
      'appconfig:1': ['shop/prod/flags'],
      'appconfig:2': ['shop/prod/limits'],
      'appconfig:*': [],
    });
  });

  it("with a prefetch list of AWS's agent, nothing else is loaded", async () => {
    expect(await groupsWith(AGENT)).toEqual({
      Products: [],
      'appconfig:1': [],
      'appconfig:2': ['shop/prod/limits'],
      'appconfig:*': ['shop/prod/others'],
    });
  });

  it('with CACHE_EXTENSION_INIT_STARTUP as well, all of it is loaded', async () => {
    expect(await groupsWith({ ...AGENT, CACHE_EXTENSION_INIT_STARTUP: 'true' })).toEqual({
      Products: 'everything',
      'appconfig:1': ['shop/prod/flags'],
      'appconfig:2': ['shop/prod/limits'],
      'appconfig:*': ['shop/prod/others'],
    });
  });

  it('a configuration that is not listed is not loaded if only listed ones are served', async () => {
    expect(await groupsWith(AGENT, CACHE_YAML.replace('ON_DEMAND', 'false'))).toEqual({
      Products: [],
      'appconfig:1': [],
      'appconfig:2': ['shop/prod/limits'],
    });
  });

  it("are those of the manifest of AWS's agent as well, unless only listed ones are served", async () => {
    const manifest = {
      CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
      AWS_APPCONFIG_EXTENSION_MANIFEST: '{"shop:prod:flags":{"region":"us-east-1"},"shop:prod:others":{}}',
    };
    const listed = ['appconfig:1', 'appconfig:2'];

    expect(Object.keys(await groupsWith(manifest))).toEqual([
      'Products',
      ...listed,
      'appconfig:3',
      'appconfig:*',
    ]);
    expect(Object.keys(await groupsWith(manifest, CACHE_YAML.replace('ON_DEMAND', 'false')))).toEqual([
      'Products',
      ...listed,
    ]);
  });

  it('do not exist without a section and without the replaced agent', async () => {
    expect(await groupsWith({}, 'dynamodb: [{ table: Products, hashKey: id }]')).toEqual({
      Products: 'everything',
    });
  });
});
