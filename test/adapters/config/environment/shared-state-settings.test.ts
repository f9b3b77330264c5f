import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../../../src/adapters/config/environment/environment.ts';
import { uselessTier } from '../../../../src/adapters/config/environment/shared-state-settings.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const read = (
  url: string,
  env: Readonly<Record<string, string>> = { CACHE_EXTENSION_JOURNAL_TABLE: 'Journal' },
) => readEnvironment({ CACHE_EXTENSION_TIER_URL: url, ...env });

describe('the second tier', () => {
  it('is off by default', () => {
    expect(readEnvironment({}).settings.tier).toBeUndefined();
  });

  it.each([
    ['redis://cache.example', { host: 'cache.example', port: 6379, hasTls: false, isCluster: false }],
    ['rediss://cache.example:6380/', { host: 'cache.example', port: 6380, hasTls: true, isCluster: false }],
    [
      'rediss://cache.example?cluster=true',
      { host: 'cache.example', port: 6379, hasTls: true, isCluster: true },
    ],
    ['redis://:pw@h', { host: 'h', port: 6379, hasTls: false, password: 'pw', isCluster: false }],
    [
      'redis://user:p%40ss@[::1]:1',
      { host: '::1', port: 1, hasTls: false, username: 'user', password: 'p@ss', isCluster: false },
    ],
  ])('is where %s says', (url, tier) => {
    const { settings, problems } = read(url);

    expect(problems).toEqual([]);
    expect(settings.tier).toEqual(tier);
  });

  it.each([
    'http://user:s3cret@h',
    'user:s3cret@h:6379',
    'redis://',
    'redis://user:s3cret@h/1',
    'redis://user:s3cret@h?cluster=yes',
    'redis://user:s3cret@h?tls=true',
    'redis://user:s3cret@h#x',
    'redis://user:s3cret@h:99999',
    'redis://user:%s3cret@h',
    'redis://s3cret@h',
  ])('is not read from %s, and the problem does not show the value', (url) => {
    const { settings, problems } = read(url);

    expect(settings.tier).toBeUndefined();
    expect(problems).toEqual([
      expect.stringMatching(/^CACHE_EXTENSION_TIER_URL is malformed.*allowed: redis:/),
    ]);
    expect(problems.join()).not.toContain('s3cret');
  });

  it('needs a journal', () => {
    expect(read('redis://h', {}).problems).toEqual([
      expect.stringContaining('CACHE_EXTENSION_JOURNAL_TABLE is not'),
    ]);
  });

  it('needs a table whose coherence is not ttl', () => {
    const { settings } = read('redis://h');
    const table = tableSpec({ name: 'A', hashKey: { name: 'id', type: 'S' } });
    const coherent = { ...table, coherence: { mode: 'invocation' } } as const;

    expect(uselessTier({ ...settings, tables: [] })).toMatch(/no table can use it/);
    expect(uselessTier({ ...settings, tables: [table, { ...table, coherence: { mode: 'ttl' } }] })).toMatch(
      /no table can use it/,
    );
    expect(uselessTier({ ...settings, tables: [table, coherent] })).toBeUndefined();
    expect(uselessTier({ tables: [table] })).toBeUndefined();
  });
});
