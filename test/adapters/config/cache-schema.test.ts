import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readCacheYaml } from '../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { parametersSection, secretsSection } from '../../../src/adapters/config/cache-yaml/value-sections.ts';
import { readYaml } from '../../../src/adapters/config/yaml/yaml-document.ts';
import { accepts } from './json-schema.ts';

const root = new URL('../../../', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
const schema = JSON.parse(text('cache.schema.json'));

const lifetimes = { ttlMs: 0, negativeTtlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
const problemsOf = (yaml: string) =>
  readCacheYaml('f', readYaml(yaml), { lifetimes, region: undefined, journal: 'any' }, [
    parametersSection,
    secretsSection,
  ]).problems;

const table = (more: string) => `dynamodb: [{ table: abc, hashKey: id, ${more} }]`;

interface Vector {
  readonly input: string;
  readonly nanoseconds?: string;
}
const durations: readonly Vector[] = JSON.parse(text('test/vectors/go-duration.json'));

describe('cache.schema.json', () => {
  it('is made from the validator as it is now', () => {
    const script = fileURLToPath(new URL('scripts/schema.mjs', root));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('has a title and a description', () => {
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: expect.stringMatching(/cache\.schema\.json$/),
      title: 'cache.yaml',
      description: expect.any(String),
    });
  });

  it('describes every name, and gives those with a choice a default', () => {
    const [{ items }, section] = schema.properties.dynamodb.anyOf;
    for (const named of [schema, section, items, items.properties.keys.items]) {
      for (const property of Object.values(named.properties)) expect(property).toHaveProperty('description');
    }
    for (const name of ['hashKeyType', 'sortKeyType', 'preload', 'consistentRead']) {
      expect(items.properties[name]).toHaveProperty('default');
    }
  });

  it.each([
    text('test/adapters/config/fixtures/full.yaml'),
    table('fields: [a, b], ttl: 0, consistentRead: true'),
    table('keys: [{ hash: 0012 }, { hash: 1.5 }, { hash: true }, { hash: x }]'),
    table('hashKeyValue: 7, preload: all'),
    'dynamodb: { region: eu-west-1, roleArn: null, items: [{ table: abc, hashKey: id }] }',
    table('ttl: 1h30m, staleIfError: .5s'),
    table('coherence: ttl'),
    table('coherence: invocation'),
    table('coherence: 1m30s'),
    'dynamodb: [{ table: abc, hashKey: id }, { table: abc, hashKeyValue: x }]',
    table('ttl:, sortKey: ~, fields: null, preload: Null, consistentRead: NULL, keys: null'),
    table('keys: [{ hash: a, sort: null }]'),
    'x-defaults: { ttl: 5m }\ndynamodb: [{ table: abc, hashKey: id }]',
    text('test/adapters/config/fixtures/older-parameters.yaml'),
    'parameters: { items: [{ path: /a, ttl: null, region: ~ }], onDemand: false, preload: true }',
    'parameters: { items: null, region: null }\nsecrets: null\ndynamodb: null',
    'secrets: [{ id: db, stage: AWSPREVIOUS, ids: null }, { ids: [a, b], region: us-east-1, preload: false }]',
    'secrets: {}',
  ])('accepts a file that the extension accepts: %s', (yaml) => {
    expect(problemsOf(yaml)).toEqual([]);
    expect(accepts(schema, parse(yaml))).toBe(true);
  });

  it.each([
    '{}',
    'dynamodb: []',
    'dynamodb: { table: abc }',
    'dynamodb: { region: eu-west-1 }',
    'dynamodb: { hashKey: id, items: [{ table: abc }] }',
    'dynamodb: [{ hashKey: id }]',
    'dynamodb: [{ table: ab, hashKey: id }]',
    'dynamodb: [{ table: "arn:aws:dynamodb:eu-west-1:1:table/abc", hashKey: id }]',
    'parameters: []\ndynamodb: [{ table: abc, hashKey: id }]',
    'parameters: [{ nmae: a }]',
    'parameters: [{ names: [] }]',
    'parameters: [{ names: [null] }]',
    'parameters: [{ name: "a b" }]',
    'parameters: [{ path: shop }]',
    'parameters: [a]',
    'parameters: { item: [{ name: a }] }',
    'parameters: { onDemand: maybe }',
    'secrets: [{ ids: a }]',
    'secrets: [{ id: db, stage: "" }]',
    'parameters: null\nsecrets: null',
    'greetings: [{ name: a }]',
    table('hashkye: x'),
    table('hashKeyType: X'),
    table('preload: some'),
    table('ttl: 5'),
    table('ttl: 1d'),
    table('ttl: -1s'),
    table('coherence: Invocation'),
    table('coherence: 0'),
    table('coherence: 5'),
    table('fields: a.b'),
    table('fields: ["a[0]"]'),
    table('sortKey: ""'),
    table('consistentRead: maybe'),
    table('region: EU'),
    table('fields: []'),
    table('fields: [[a]]'),
    table('keys: []'),
    table('keys: [a]'),
    table('keys: [null]'),
    table('keys: [{ hash: null }]'),
    table('fields: [a, null]'),
    'dynamodb: null',
    'dynamodb: [{ table: null, hashKey: id }]',
    table('keys: [{ sort: a }]'),
    table('keys: [{ hash: a, hsh: b }]'),
  ])('rejects a file that the extension rejects: %s', (yaml) => {
    expect(problemsOf(yaml)).not.toEqual([]);
    expect(accepts(schema, parse(yaml))).toBe(false);
  });

  it('knows a duration by the look of it', () => {
    const { ttl } = schema.properties.dynamodb.anyOf[0].items.properties;
    for (const { input, nanoseconds } of durations) {
      // That a duration is too long does not show.
      const isLength = nanoseconds !== undefined && !input.startsWith('-');
      if (isLength) expect([input, accepts(ttl, input)]).toEqual([input, true]);
      else if (!/[0-9]{16,}|^[0-9]{13}ms/.test(input))
        expect([input, accepts(ttl, input)]).toEqual([input, false]);
    }
  });
});
