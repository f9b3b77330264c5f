import { describe, expect, it } from '@jest/globals';
import { checkCacheYaml } from '../../../../src/adapters/config/cache-yaml/check-cache-yaml.ts';

const TEXT = 'dynamodb: [{ table: abc, hashKey: id, ttl: 5m }]';

describe('checkCacheYaml', () => {
  it('assumes that the environment enables omitted settings if no environment is given', () => {
    const { tables, preloads, problems } = checkCacheYaml(TEXT);

    expect({ preloads, problems }).toEqual({ preloads: true, problems: [] });
    expect(tables).toMatchObject([{ name: 'abc', lifetimes: { ttlMs: 300_000 } }]);
    for (const lifetimeMs of Object.values(tables[0]?.lifetimes ?? {})) expect(lifetimeMs).toBeGreaterThan(0);
  });

  it('applies the given environment like the program', () => {
    expect(checkCacheYaml(TEXT, { environment: {} })).toMatchObject({
      tables: [{ lifetimes: { ttlMs: 300_000, staleWhileRevalidateMs: 0, staleIfErrorMs: 3_600_000 } }],
      preloads: false,
      problems: [],
    });
    const environment = { CACHE_EXTENSION_INIT_STARTUP: 'true', CACHE_EXTENSION_STALE_IF_ERROR: '0s' };
    expect(checkCacheYaml(TEXT, { environment })).toMatchObject({
      tables: [{ lifetimes: { ttlMs: 300_000, staleIfErrorMs: 0 } }],
      preloads: true,
    });
  });

  it('knows by the region of the function that a table is named twice', () => {
    const text = `dynamodb:
  - { table: abc, hashKey: id }
  - { table: abc, name: other, hashKey: id, region: eu-west-1 }
`;
    expect(checkCacheYaml(text).problems).toEqual([]);
    expect(checkCacheYaml(text, { environment: { AWS_REGION: 'eu-west-1' } }).problems).toEqual([
      expect.stringContaining('allowed: one name for each region'),
    ]);
  });

  it('replaces references to variables, of the environment or given by themselves', () => {
    const text = 'dynamodb: [{ table: "${T}", hashKey: id }]';
    expect(checkCacheYaml(text, { environment: { T: 'abc' } })).toMatchObject({
      tables: [{ name: 'abc' }],
      problems: [],
    });
    expect(checkCacheYaml(text, { variables: { T: 'abc' } })).toMatchObject({ tables: [{ name: 'abc' }] });
    expect(checkCacheYaml(text).problems).toEqual([
      expect.stringMatching(/^cache\.yaml:1:21: \$\{T\}: the environment variable T is not set/),
    ]);
    expect(checkCacheYaml(text, { environment: { T: 's3cret!' } }).problems).toEqual([
      expect.stringMatching(/^cache\.yaml:1:21: dynamodb\[0\]\.table is "\$\{T\}"; allowed: a table name/),
    ]);
  });

  it.each([
    ['a second name', '- { table: "${S}", hashKey: id }\n  - { table: "${S}", name: b, hashKey: id }'],
    [
      'a name that is taken',
      '- { table: abc, name: "${S}", hashKey: id }\n  - { table: "${S}", hashKey: id }',
    ],
    ['a repeated table', '- { table: "${S}", hashKey: id }\n  - { table: "${S}" }'],
    ['a conflict', '- { table: "${S}", hashKey: id, ttl: 1s }\n  - { table: "${S}", ttl: 2s }'],
    ['a path', '- { table: abc, hashKey: id, fields: "${S}.x" }'],
    [
      'a region',
      '- { table: "arn:aws:dynamodb:${S}:111122223333:table/abc", hashKey: id, region: eu-west-1 }',
    ],
  ])('shows no value of a variable in a message about %s', (_, tables) => {
    const { problems } = checkCacheYaml(`dynamodb:\n  ${tables}\n`, {
      environment: { S: 'secret-1', AWS_REGION: 'eu-west-1' },
    });

    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('secret-1');
  });

  it('treats the environment as that of a function, whose SDKs may use the extension as endpoint', () => {
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4000' };
    expect(checkCacheYaml(TEXT, { environment }).problems).toEqual([]);
  });

  it('names problems of the file by its path, and those of the environment by the variable', () => {
    const environment = { CACHE_EXTENSION_TTL: 'soon' };

    expect(checkCacheYaml('{}', { path: 'conf/cache.yaml', environment }).problems).toEqual([
      expect.stringMatching(/^CACHE_EXTENSION_TTL is "soon"; allowed: /),
      expect.stringMatching(/^conf\/cache\.yaml:1:1: the file has no dynamodb/),
    ]);
    expect(checkCacheYaml('{}').problems).toEqual([expect.stringMatching(/^cache\.yaml:1:1: /)]);
  });
});
