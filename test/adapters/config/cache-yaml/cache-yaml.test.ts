import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readCacheYaml } from '../../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { readYaml } from '../../../../src/adapters/config/yaml/yaml-document.ts';
import { EntryKey } from '../../../../src/domain/cache/cache-entry.ts';

const lifetimes = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };

const read = (text: string, region?: string) =>
  readCacheYaml('cache.yaml', readYaml(text), { lifetimes, region, journal: { table: 'my-journal' } });

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

const tables = (text: string, region?: string) => {
  const yaml = read(text, region);
  expect(yaml.problems).toEqual([]);
  return yaml.tables;
};

const keysOf = (text: string) => tables(text)[0]?.preload.keys.map((key) => key.id);

describe('readCacheYaml', () => {
  it('reads all settings of a table', () => {
    expect(tables(fixture('full.yaml'))).toEqual([
      {
        name: 'Products',
        table: 'Products',
        hashKey: { name: 'pKey', type: 'S' },
        sortKey: { name: 'sKey', type: 'S' },
        region: 'eu-west-1',
        fields: ['pKey', 'price'],
        consistentRead: false,
        isObserved: true,
        queryTtlMs: 5_000,
        lifetimes: {
          ttlMs: 300_000,
          negativeTtlMs: 10_000,
          staleWhileRevalidateMs: 30_000,
          staleIfErrorMs: 3_600_000,
        },
        coherence: { mode: 'interval', ms: 1000 },
        preload: { keys: [new EntryKey('Products', 'p1\0s1')], everything: true },
      },
    ]);
  });

  it('needs no more than a table and its hash key', () => {
    expect(tables('dynamodb: [{ table: abc, hashKey: id }]')).toEqual([
      {
        name: 'abc',
        table: 'abc',
        hashKey: { name: 'id', type: 'S' },
        consistentRead: false,
        lifetimes,
        preload: { keys: [], everything: true },
      },
    ]);
  });

  it('reads the older sample, which has an entry for each item and names in lower case', () => {
    expect(tables(fixture('older-sample.yaml'))).toMatchObject([
      {
        name: 'DynamoDbTable',
        sortKey: { name: 'sKey', type: 'S' },
        preload: { keys: [{ id: 'pKey1\0sKey1' }, { id: 'pKey2\0sKey2' }], everything: false },
      },
    ]);
  });

  it('reads names in any letter case, and values as they are', () => {
    expect(tables('DynamoDB: [{ TABLE: Abc, HASHkey: Id }]')).toMatchObject([
      { name: 'Abc', hashKey: { name: 'Id' } },
    ]);
  });

  it('keeps scalars as text, regardless of their YAML type', () => {
    const text =
      'dynamodb: [{ table: abc, hashKey: id, keys: [{ hash: 0012 }, { hash: 0x1F }, { hash: 1e3 }, { hash: no }] }]';
    expect(keysOf(text)).toEqual(['0012', '0x1F', '1e3', 'no']);
  });

  it('keeps the same scalars under an older YAML version', () => {
    expect(keysOf('%YAML 1.1\n---\ndynamodb: [{ table: abc, hashKey: id, hashKeyValue: 0o7 }]')).toEqual([
      '0o7',
    ]);
  });

  it('types key values by the schema of the table', () => {
    const text =
      'dynamodb: [{ table: abc, hashKey: id, hashKeyType: N, keys: [{ hash: 01 }, { hash: 1.0 }, { hash: -0 }] }]';
    expect(keysOf(text)).toEqual(['1', '0']);
  });

  it.each([
    ['"a, b,a ,  c"', ['a', 'b', 'c']],
    ['[ b, "a, c", b ]', ['b', 'a, c']],
    ['[" a "]', ['a']],
  ])('reads the fields %s, trimmed and each once', (given, fields) => {
    expect(tables(`dynamodb: [{ table: abc, hashKey: id, fields: ${given} }]`)).toMatchObject([{ fields }]);
  });

  it.each([
    ['preload: all, hashKeyValue: a', ['a'], true],
    ['preload: keys, hashKeyValue: a', ['a'], false],
    ['preload: none, hashKeyValue: a', [], false],
    ['hashKeyValue: a, keys: [{ hash: b }, { hash: a }]', ['a', 'b'], false],
    ['keys: [{ hash: b }]', ['b'], false],
    ['preload: none', [], false],
    ['preload: all', [], true],
  ])('loads, where a table says %s, the keys %j, and everything: %s', (given, keys, everything) => {
    const [table] = tables(`dynamodb: [{ table: abc, hashKey: id, ${given} }]`);
    expect(table?.preload.keys.map((key) => key.id)).toEqual(keys);
    expect(table?.preload.everything).toBe(everything);
  });

  it('keeps lifetimes that are zero: they switch off', () => {
    expect(tables('dynamodb: [{ table: abc, hashKey: id, ttl: 0, negativeTtl: -0s }]')).toMatchObject([
      { lifetimes: { ttlMs: 0, negativeTtlMs: 0, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 } },
    ]);
  });

  it('lets a table of two regions have two names', () => {
    const text = `
dynamodb:
  - { table: abc, hashKey: id }
  - { table: abc, name: there, region: us-east-1, hashKey: id }`;
    expect(tables(text, 'eu-west-1')).toMatchObject([
      { name: 'abc', table: 'abc' },
      { name: 'there', table: 'abc', region: 'us-east-1' },
    ]);
  });

  it('allows an entry that adds keys to repeat the settings of the table', () => {
    const text = `
dynamodb:
  - { table: abc, hashKey: id, fields: "a, b", ttl: 60s }
  - { table: abc, hashKeyType: S, hashKeyValue: x, fields: [a, b], ttl: 1m, consistentRead: false, region: eu-west-1 }
  - { table: abc, keys: [{ hash: y }, { hash: x }] }`;
    expect(tables(text, 'eu-west-1')).toMatchObject([{ preload: { keys: [{ id: 'x' }, { id: 'y' }] } }]);
  });

  it('lets a later entry list the keys that an earlier one wants preloaded', () => {
    const text = 'dynamodb: [{ table: abc, hashKey: id, preload: keys }, { table: abc, hashKeyValue: x }]';
    expect(tables(text)).toMatchObject([{ preload: { keys: [{ id: 'x' }], everything: false } }]);
  });

  it('reads Windows line ends, comments, quotes and blocks', () => {
    const text = '# tables\r\n---\r\ndynamodb:\r\n- table: "abc" # one\r\n  hashKey: >-\r\n    id\r\n...\r\n';
    expect(tables(text)).toMatchObject([{ name: 'abc', hashKey: { name: 'id' } }]);
  });
});

const NAME_RULE = 'a table name of 1 to 255 characters out of a-z, A-Z, 0-9, "_", "-" and "."';
const TABLE_RULE = `${NAME_RULE.replace('1', '3')}, or the ARN of a table such as arn:aws:dynamodb:eu-west-1:111122223333:table/Products`;
const ATTRIBUTE_RULE = 'an attribute name of 1 to 255 bytes';
const KEY_RULE = 'a key value, which is not empty';
const KEY_MAPPING_RULE = 'a mapping with hash, and sort if the table has a sort key';
const FIELDS_RULE = 'attribute names, as a list or with commas between them';
const DURATION_RULE =
  'a Go duration such as 30s, 3m or 1h30m (units ns, us, ms, s, m, h), at most about 292 years either way';
const NOT_NEGATIVE_RULE = 'a Go duration that is not negative, such as 30s or 1h30m; 0s turns it off';
const PATH_RULE =
  'names of whole attributes, without what follows a dot or bracket; nested paths are not supported';
const COHERENCE_RULE = `ttl, invocation, or ${DURATION_RULE}, from 100ms to 24h`;
const BOOL_RULE = 'one of 1, t, T, true, TRUE, True, 0, f, F, false, FALSE, False';
const ROOT_RULE = 'a mapping with dynamodb, the list of tables';
const TABLE_NAMES =
  'table, name, hashKey, hashKeyType, sortKey, sortKeyType, fields, hashKeyValue, sortKeyValue, preload, keys, ttl, negativeTtl, staleWhileRevalidate, staleIfError, consistentRead, mode, queryTtl, coherence, region, roleArn, externalId, sessionName';

describe('a file that is not the YAML wanted', () => {
  it.each([
    ['nothing', '', [`1:1: the file is empty; allowed: ${ROOT_RULE}`]],
    ['a comment only', '# tables\n', [`1:1: the file is empty; allowed: ${ROOT_RULE}`]],
    ['an empty document', '---\n', [`1:4: the file is empty; allowed: ${ROOT_RULE}`]],
    ['a list at the top', '- a\n', [`1:1: the file is a list; allowed: ${ROOT_RULE}`]],
    ['text at the top', 'tables', [`1:1: the file is "tables"; allowed: ${ROOT_RULE}`]],
    ['an empty mapping', '{}', ['1:1: the file has no dynamodb, which is required']],
    ['no tables', 'dynamodb: []', ['1:11: dynamodb is an empty list; allowed: a list of at least one table']],
    [
      'an empty value',
      'dynamodb:',
      ['1:10: dynamodb is empty; allowed: a list of at least one table, or a mapping with items'],
    ],
    [
      'one table without a list',
      'dynamodb:\n  table: abc',
      ['2:3: dynamodb has no items, which is required', '2:10: dynamodb.table is not allowed here'],
    ],
    ['two documents', 'a: 1\n---\nb: 1', ['2:1: a second YAML document begins here; allowed: one']],
    [
      'a tab',
      'dynamodb:\n\t- table: abc',
      ['2:1: cannot be read as YAML: Tabs are not allowed as indentation'],
    ],
    ['an open quote', 'dynamodb: "', ['1:12: cannot be read as YAML: Missing closing "quote']],
    ['a tag', 'dynamodb: !!set {}', ['1:11: cannot be read as YAML: Unresolved tag: tag:yaml.org,2002:set']],
    ['a directive of its own', '%X\n---\n{}', ['1:1: cannot be read as YAML: Unknown directive %X']],
    ['lists in lists in lists', '['.repeat(10_000), ['1:1: nested too deep; allowed: at most 20 levels']],
    ['mappings in mappings', 'a: {'.repeat(10_000), ['1:1: nested too deep; allowed: at most 20 levels']],
    ['blocks in blocks', '- '.repeat(10_000), ['1:1: nested too deep; allowed: at most 20 levels']],
  ])('is refused: %s', (_, text, problems) => {
    expect(read(text)).toEqual({ tables: [], problems: problems.map((problem) => `cache.yaml:${problem}`) });
  });

  it.each([
    ['parameters: []', '2:1: parameters is not a supported section; allowed: dynamodb'],
    ['Secrets: []', '2:1: Secrets is not a supported section; allowed: dynamodb'],
    ['dynamodbs: []', '2:1: dynamodbs is not a supported section; did you mean dynamodb? allowed: dynamodb'],
    ['__proto__: []', '2:1: __proto__ is not a supported section; allowed: dynamodb'],
    ['"a\\nb": []', '2:1: ["a\\nb"] is not a supported section; allowed: dynamodb'],
    ['? [a]\n: b', '2:3: [""] is not a supported section; allowed: dynamodb'],
    ['DynamoDB: []', '2:1: DynamoDB is given twice, first on line 1; allowed: once'],
  ])('is refused for the section %s', (section, problem) => {
    expect(read(`dynamodb: [{ table: abc, hashKey: id }]\n${section}`).problems).toEqual([
      `cache.yaml:${problem}`,
    ]);
  });

  it('is rejected quickly, even if every character is an error', () => {
    expect(read('[]'.repeat(10_000)).problems.at(-1)).toBe('and 1 more problems');
  });

  it('is rejected with at most 100 problems', () => {
    const { problems } = read(`dynamodb:\n${'- {}\n'.repeat(150)}`);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('and 51 more problems');
  });
});

describe('an entry that is invalid by itself', () => {
  const first = 'dynamodb:\n  - table: abc\n    hashKey: id\n';

  it.each([
    ['ttl: 5', '4:10', `ttl is "5"; allowed: ${DURATION_RULE}`],
    ['staleIfError: 1d', '4:19', `staleIfError is "1d"; allowed: ${DURATION_RULE}`],
    ['staleWhileRevalidate: [1s]', '4:27', `staleWhileRevalidate is a list; allowed: ${DURATION_RULE}`],
    ['ttl: -1s', '4:10', `ttl is "-1s"; allowed: ${NOT_NEGATIVE_RULE}`],
    ['negativeTtl: -1ns', '4:18', `negativeTtl is "-1ns"; allowed: ${NOT_NEGATIVE_RULE}`],
    ['staleIfError: -1h30m', '4:19', `staleIfError is "-1h30m"; allowed: ${NOT_NEGATIVE_RULE}`],
    ['queryTtl: -.5s', '4:15', `queryTtl is "-.5s"; allowed: ${NOT_NEGATIVE_RULE}`],
    ['fields: a.b', '4:13', `fields is "a.b"; allowed: ${PATH_RULE}`],
    ['fields: id, a.b', '4:13', `fields is "id, a.b"; allowed: ${PATH_RULE}`],
    ['fields: [id, a.b.c]', '4:18', `fields[1] is "a.b.c"; allowed: ${PATH_RULE}`],
    ['fields: ["list[0]"]', '4:14', `fields[0] is "list[0]"; allowed: ${PATH_RULE}`],
    ['fields: ["[0].b"]', '4:14', `fields[0] is "[0].b"; allowed: ${PATH_RULE}`],
    ['mode: shadow', '4:11', 'mode is "shadow"; allowed: one of serve, observe'],
    ['coherence: always', '4:16', `coherence is "always"; allowed: ${COHERENCE_RULE}`],
    ['coherence: 99ms', '4:16', `coherence is "99ms"; allowed: ${COHERENCE_RULE}`],
    ['coherence: 86401s', '4:16', `coherence is "86401s"; allowed: ${COHERENCE_RULE}`],
    ['consistentRead: yes', '4:21', `consistentRead is "yes"; allowed: ${BOOL_RULE}`],
    ['region: Ireland', '4:13', 'region is "Ireland"; allowed: an AWS region such as eu-west-1'],
    ['region: evil.example', '4:13', 'region is "evil.example"; allowed: an AWS region such as eu-west-1'],
    ['name: a@@b', '4:11', `name is "a@@b"; allowed: ${NAME_RULE}`],
    ['hashKeyType: s', '4:18', 'hashKeyType is "s"; allowed: one of S, N, B'],
    ['preload: some', '4:14', 'preload is "some"; allowed: one of all, keys, none'],
    ['sortKey: {}', '4:14', `sortKey is an empty mapping; allowed: ${ATTRIBUTE_RULE}`],
    ['sortKey: ""', '4:14', `sortKey is empty; allowed: ${ATTRIBUTE_RULE}`],
    ['sortKey: id', '4:14', 'sortKey is "id", the same attribute as hashKey; allowed: another attribute'],
    ['sortKeyType: S', '4:18', 'sortKeyType is set without sortKey; allowed: both or neither'],
    ['sortKeyValue: x', '4:19', 'sortKeyValue is set without hashKeyValue; allowed: both or neither'],
    ['hashKeyValue: [x]', '4:19', `hashKeyValue is a list; allowed: ${KEY_RULE}`],
    ['hashKeyValue: ""', '4:19', `hashKeyValue is empty; allowed: ${KEY_RULE}`],
    ['keys: all', '4:11', 'keys is "all"; allowed: a list of keys'],
    ['keys: []', '4:11', 'keys is an empty list; allowed: a list of at least one key'],
    ['keys: [a]', '4:12', `keys[0] is "a"; allowed: ${KEY_MAPPING_RULE}`],
    ['keys: [[a]]', '4:12', `keys[0] is a list; allowed: ${KEY_MAPPING_RULE}`],
    ['keys: [{ sort: a }]', '4:12', 'keys[0] has no hash, which is required'],
    ['keys: [{ hash: }]', '4:20', `keys[0].hash is empty; allowed: ${KEY_RULE}`],
    ['keys: [{ hash: a, hsh: b }]', '4:23', 'keys[0].hsh is unknown; did you mean hash? allowed: hash, sort'],
    ['keys: [{ hash: a, sort: b }]', '4:12', 'keys[0] is not a valid key: the table has no sort key'],
    [
      'preload: keys',
      '4:14',
      'preload is "keys", but no keys are listed; allowed: all, none, or a list of keys',
    ],
    ['fields: {}', '4:13', `fields is an empty mapping; allowed: ${FIELDS_RULE}`],
    ['fields: []', '4:13', `fields is an empty list; allowed: ${FIELDS_RULE}`],
    ['fields: [a, [b]]', '4:17', 'fields[1] is a list; allowed: an attribute name'],
    ['fields: a,,b', '4:13', `fields is "a,,b"; allowed: ${FIELDS_RULE}, none of them empty`],
    ['fields: ""', '4:13', `fields is empty; allowed: ${FIELDS_RULE}, none of them empty`],
    ['hashkeytyp: S', '4:5', `hashkeytyp is unknown; did you mean hashKeyType? allowed: ${TABLE_NAMES}`],
    ['kmsKeyId: x', '4:5', `kmsKeyId is unknown; allowed: ${TABLE_NAMES}`],
    ['constructor: x', '4:5', `constructor is unknown; allowed: ${TABLE_NAMES}`],
    ['hashKey: x', '4:5', 'hashKey is given twice, first on line 3; allowed: once'],
    ['HASHKEY: x', '4:5', 'HASHKEY is given twice, first on line 3; allowed: once'],
  ])('is refused with %s, at %s', (line, place, problem) => {
    expect(read(`${first}    ${line}\n`).problems).toEqual([`cache.yaml:${place}: dynamodb[0].${problem}`]);
  });

  it.each([
    ['{ hashKey: id }', `1:12: dynamodb[0] has no table, which is required`],
    [
      '{ table: abc }',
      '1:12: dynamodb[0] has no hashKey, which is required where a table appears for the first time',
    ],
    ['{ table: ab, hashKey: id }', `1:21: dynamodb[0].table is "ab"; allowed: ${TABLE_RULE}`],
    [
      '{ table: "arn:aws:dynamodb:eu-west-1:1:table/abc", hashKey: id }',
      `1:21: dynamodb[0].table is "arn:aws:dynamodb:eu-west-1:1:table/abc"; allowed: ${TABLE_RULE}`,
    ],
    ['{ table: abc, hashKey: [id] }', `1:35: dynamodb[0].hashKey is a list; allowed: ${ATTRIBUTE_RULE}`],
    ['abc', '1:12: dynamodb[0] is "abc"; allowed: a mapping that describes a table'],
    [
      '{ table: abc, hashKey: id, "<<": { ttl: 1m } }',
      `1:39: dynamodb[0]["<<"] is unknown; allowed: ${TABLE_NAMES}`,
    ],
    ['[abc]', '1:12: dynamodb[0] is a list; allowed: a mapping that describes a table'],
    [
      '{ table: abc, hashKey: id, hashKeyType: N, hashKeyValue: abc }',
      '1:69: dynamodb[0].hashKeyValue is not a valid key: a key of type N is not a number',
    ],
    [
      '{ table: abc, hashKey: id, sortKey: s, hashKeyValue: a }',
      '1:65: dynamodb[0].hashKeyValue is not a valid key: the table has a sort key, whose value is missing',
    ],
  ])('is refused: %s', (entry, problem) => {
    expect(read(`dynamodb: [${entry}]`).problems).toEqual([`cache.yaml:${problem}`]);
  });

  it('counts attribute names in bytes', () => {
    expect(read(`dynamodb: [{ table: abc, hashKey: ${'ä'.repeat(127)} }]`).problems).toEqual([]);
    expect(read(`dynamodb: [{ table: abc, hashKey: ${'ä'.repeat(128)} }]`).problems).toHaveLength(1);
  });
});

describe('entries that contradict each other', () => {
  const described = 'dynamodb:\n  - { table: abc, hashKey: id, ttl: 1m, region: eu-west-1 }\n';

  it.each([
    [
      '{ table: abc }',
      '3:5: dynamodb[1] repeats "abc" from line 2 without keys; a repeated table may only add keys',
    ],
    [
      '{ table: abc, hashKeyValue: x, hashKey: other }',
      '3:45: dynamodb[1].hashKey is "other", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys',
    ],
    [
      '{ table: abc, hashKeyValue: x, hashKeyType: N }',
      '3:49: dynamodb[1].hashKeyType is "N", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys',
    ],
    [
      '{ table: abc, hashKeyValue: x, ttl: 2m }',
      '3:41: dynamodb[1].ttl is "2m", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys',
    ],
    [
      '{ table: abc, hashKeyValue: x, consistentRead: true }',
      '3:52: dynamodb[1].consistentRead is "true", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys',
    ],
    [
      '{ table: abc, hashKeyValue: x, preload: all }',
      '3:45: dynamodb[1].preload is "all", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys',
    ],
    [
      '{ table: abc, hashKeyValue: x, region: us-east-1 }',
      '3:44: dynamodb[1].region is "us-east-1", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys, and another table needs another name',
    ],
    [
      '{ table: other, name: abc, hashKeyValue: x }',
      '3:27: dynamodb[1].name is "abc", which is the name of table "abc" on line 2; allowed: another name',
    ],
    [
      '{ table: abc, name: other, hashKey: id }',
      '3:5: dynamodb[1] has the name "other" for table "abc", which has the name "abc" on line 2; allowed: one name for each region, account and role',
    ],
    [
      '{ table: abc, name: other, hashKey: id, region: eu-west-1 }',
      '3:5: dynamodb[1] has the name "other" for table "abc", which has the name "abc" on line 2; allowed: one name for each region, account and role',
    ],
  ])('are refused: %s', (entry, problem) => {
    expect(read(`${described}  - ${entry}\n`, 'eu-west-1').problems).toEqual([`cache.yaml:${problem}`]);
  });

  it('are refused where a table is called by the name of another', () => {
    const text = 'dynamodb:\n  - { table: other, name: abc, hashKey: id }\n  - { table: abc, hashKey: id }\n';
    expect(read(text).problems).toEqual([
      'cache.yaml:3:14: dynamodb[1].table is "abc", which is the name of table "other" on line 2; allowed: another name',
    ]);
  });

  it('are all reported in the order of the file, together with other problems', () => {
    const text = `${described}  - { table: abc, ttl: 2m }\n  - { table: xyz, hashKey: id, ttl: soon }\nsecrets: x\n`;
    expect(read(text).problems).toEqual([
      'cache.yaml:3:24: dynamodb[1].ttl is "2m", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys',
      `cache.yaml:4:37: dynamodb[2].ttl is "soon"; allowed: ${DURATION_RULE}`,
      'cache.yaml:5:1: secrets is not a supported section; allowed: dynamodb',
    ]);
  });

  it('are not reported because of an entry that is itself invalid', () => {
    const text = 'dynamodb:\n  - { table: abc, hashkye: id }\n  - { table: abc, hashKeyValue: x }\n';
    expect(read(text).problems).toEqual([
      `cache.yaml:2:19: dynamodb[0].hashkye is unknown; did you mean hashKey? allowed: ${TABLE_NAMES}`,
    ]);
  });
});

describe('all problems of an entry', () => {
  const sorted = '{ table: abc, hashKey: id, sortKey: s';

  it.each([
    [
      `${sorted}, keys: [{ hash: p1 }, p2] }`,
      [
        'keys[0] is not a valid key: the table has a sort key, whose value is missing',
        `keys[1] is "p2"; allowed: ${KEY_MAPPING_RULE}`,
      ],
    ],
    [
      `${sorted}, ttl: soon, keys: [{ hash: p1 }] }`,
      [`ttl is "soon"; allowed: ${DURATION_RULE}`, 'keys[0] is not a valid key: the table has a sort key'],
    ],
    [
      '{ table: abc, hashKey: id, hashKeyType: N, hashKeyValue: x, mode: y, sortKeyType: S }',
      [
        'hashKeyValue is not a valid key: a key of type N is not a number',
        'mode is "y"',
        'sortKeyType is set without sortKey',
      ],
    ],
    ['{ table: x, ttl: soon }', ['has no hashKey', 'table is "x"', 'ttl is "soon"']],
    [
      '{ table: abc, hashKey: id, preload: keys, fields: [] }',
      ['preload is "keys", but no keys are listed', 'fields is an empty list'],
    ],
  ])('is reported at once: %s', (entry, problems) => {
    expect(
      read(`dynamodb: [${entry}]`).problems.map((each) => each.replace(/^.*?dynamodb\[0\][. ]/, '')),
    ).toEqual(problems.map((problem) => expect.stringContaining(problem)));
  });

  it('is reported together with the conflict of a later entry for the same table', () => {
    const text =
      'dynamodb:\n- { table: abc, hashKey: id, mode: x, ttl: 1m }\n- { table: abc, hashKeyValue: x, ttl: 2m }\n';
    expect(read(text).problems).toEqual([
      'cache.yaml:2:36: dynamodb[0].mode is "x"; allowed: one of serve, observe',
      'cache.yaml:3:39: dynamodb[1].ttl is "2m", which conflicts with the entry for "abc" on line 2; a repeated table may only add keys',
    ]);
  });

  it.each([
    [
      'an unknown name, which may be the sort key',
      '{ table: abc, hashKey: id, sortkye: s, keys: [{ hash: a, sort: b }] }',
    ],
    [
      'a wrong sort key',
      '{ table: abc, hashKey: id, sortKey: [], sortKeyType: S, keys: [{ hash: a, sort: b }] }',
    ],
    ['a wrong hash value', '{ table: abc, hashKey: id, hashKeyValue: [x], sortKeyValue: y }'],
    ['wrong keys', '{ table: abc, hashKey: id, preload: keys, keys: [a] }'],
    ['an unknown name in a key', `${sorted}, keys: [{ hash: a, srt: b }] }`],
    ['no mapping', 'abc'],
  ])('is not reported on the strength of %s', (_, entry) => {
    expect(read(`dynamodb: [${entry}]`).problems).toHaveLength(1);
  });
});
