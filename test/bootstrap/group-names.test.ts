import { expect, it } from '@jest/globals';
import { readEnvironment } from '../../src/adapters/config/environment/environment.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';

it('tables may have the names of the other sources', () => {
  const { settings } = readEnvironment({
    CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets,appconfig',
    AWS_REGION: 'eu-west-1',
  });
  const names = ['parameters', 'secrets', 'appconfig'];
  const tables = names.map((name) => tableSpec({ name, hashKey: { name: 'id', type: 'S' } }));
  const program = createContainer({ ...settings, tables, port: 0 });

  expect(program.get('cache')).toBeDefined();
  expect(program.get('groups').map(({ name }) => name)).toEqual([
    ...names,
    'parameters:*',
    'secrets:*',
    'secrets:*:pending',
    'appconfig:*',
  ]);
});

it('pending versions of secrets are never served from the cache', () => {
  const { settings } = readEnvironment({ CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets' });
  const groups = createContainer({ ...settings, tables: [], port: 0 }).get('groups');

  expect(groups.find(({ name }) => name === 'secrets:*:pending')?.policy.lifetimes).toEqual({
    ttlMs: 0,
    negativeTtlMs: 0,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
  });
});
