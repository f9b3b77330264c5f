import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCacheYaml } from '../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { readPlainYaml } from '../../../src/adapters/config/yaml/plain-yaml.ts';
import { readYaml } from '../../../src/adapters/config/yaml/yaml-document.ts';

const lifetimes = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };

/** What the library's reader makes of `text`, which must be the same where the plain reader reads it, too. */
const read = (text: string) => {
  const yaml = readCacheYaml('f', readYaml(text), { lifetimes, region: undefined });
  const plain = readPlainYaml(text);
  if (plain !== undefined) {
    expect(readCacheYaml('f', plain, { lifetimes, region: undefined })).toEqual(yaml);
  }
  return yaml;
};

const NULLS = ['null', 'Null', 'NULL', '~', ''];
const OPTIONAL = [
  'name',
  'hashKeyType',
  'sortKey',
  'sortKeyType',
  'fields',
  'hashKeyValue',
  'sortKeyValue',
  'preload',
  'keys',
  'ttl',
  'negativeTtl',
  'staleWhileRevalidate',
  'staleIfError',
  'consistentRead',
  'mode',
  'queryTtl',
  'coherence',
  'region',
];
const table = (...more: string[]) =>
  ['dynamodb:', '  - table: abc', '    hashKey: id', ...more.map((line) => `    ${line}`), ''].join('\n');

describe('null in cache.yaml', () => {
  const without = read(table());

  it.each(OPTIONAL.flatMap((name) => NULLS.map((spelling) => [name, spelling])))(
    'counts the optional setting %s: %s as not given',
    (name, spelling) => {
      expect(without.problems).toEqual([]);
      expect(read(table(`${name}: ${spelling}`))).toEqual(without);
      expect(read(table(`${name}: ${spelling} # none`))).toEqual(without);
      expect(read(`dynamodb: [{ table: abc, hashKey: id, ${name}: ${spelling} }]`)).toEqual(without);
    },
  );

  it('counts any number of null settings as not given, in any order', () => {
    const line = fc.tuple(fc.constantFrom(...OPTIONAL), fc.constantFrom(...NULLS));
    fc.assert(
      fc.property(fc.uniqueArray(line, { selector: ([name]) => name }), (lines) => {
        expect(read(table(...lines.map(([name, spelling]) => `${name}: ${spelling}`)))).toEqual(without);
      }),
    );
  });

  it('counts the sort value of a key as not given', () => {
    expect(read(table('keys: [{ hash: a, sort: null }]'))).toEqual(read(table('keys: [{ hash: a }]')));
    expect(read(table('keys: [{ hash: a, sort }]'))).toEqual(read(table('keys: [{ hash: a }]')));
  });

  it.each([
    ['table: null, hashKey: id', '1:21', 'table is null; allowed: a table name of 3 to 255 characters'],
    ['table: ~, hashKey: id', '1:21', 'table is null; allowed: a table name of 3 to 255 characters'],
    ['table: , hashKey: id', '1:21', 'table is empty; allowed: a table name of 3 to 255 characters'],
    ['table: abc, hashKey: NULL', '1:35', 'hashKey is null; it is required where a table appears'],
    ['table: abc, hashKey: id, keys: [{ hash: null }]', '1:54', 'keys[0].hash is null; allowed: a key value'],
    ['table: abc, hashKey: id, keys: [{ hash: ~ }]', '1:54', 'keys[0].hash is null; allowed: a key value'],
    ['table: abc, hashKey: id, keys: [Null]', '1:46', 'keys[0] is null; allowed: a mapping with hash'],
    [
      'table: abc, hashKey: id, fields: [name, null]',
      '1:54',
      'fields[1] is null; allowed: an attribute name',
    ],
    ['table: abc, hashKey: id, fields: [~]', '1:48', 'fields[0] is null; allowed: an attribute name'],
  ])('refuses null at its position where a value is required: %s', (entry, place, problem) => {
    const { problems } = read(`dynamodb: [{ ${entry} }]`);
    expect(problems).toEqual([expect.stringContaining(`f:${place}: dynamodb[0].${problem}`)]);
  });

  it.each([
    [
      'dynamodb: null',
      'f:1:11: dynamodb is null; allowed: a list of at least one table, or a mapping with items',
    ],
    ['dynamodb:\n- null\n', 'f:2:3: dynamodb[0] is null; allowed: a mapping that describes a table'],
    ['dynamodb:\n-\n', 'f:2:2: dynamodb[0] is empty; allowed: a mapping that describes a table'],
    ['~', 'f:1:1: the file is null; allowed: a mapping with dynamodb, the list of tables'],
  ])('refuses null in the place of %j', (text, problem) => {
    expect(read(text).problems).toEqual([problem]);
  });

  it('reads the same words in quotes or with the tag of strings as text', () => {
    const keys = `keys: [{ hash: "null" }, { hash: '~' }, { hash: !!str Null }, { hash: nULL }]`;
    expect(read(table(keys)).tables[0]?.preload.keys.map(({ id }) => id)).toEqual([
      'null',
      '~',
      'Null',
      'nULL',
    ]);
    expect(read(table('fields: "null"')).tables).toMatchObject([{ fields: ['null'] }]);
    expect(read(table('sortKey: "NULL"')).tables).toMatchObject([{ sortKey: { name: 'NULL' } }]);
  });

  it('refuses a setting that is given twice, even if it is null first', () => {
    expect(read(table('ttl: null', 'ttl: 5m')).problems).toEqual([
      'f:5:5: dynamodb[0].ttl is given twice, first on line 4; allowed: once',
    ]);
  });
});
