import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readCacheYaml } from '../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { readYaml } from '../../../src/adapters/config/yaml/yaml-document.ts';

const lifetimes = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };
const read = (text: string) => readCacheYaml('f', readYaml(text), { lifetimes, region: undefined });

const tables = (text: string) => {
  const yaml = read(text);
  expect(yaml.problems).toEqual([]);
  return yaml.tables;
};

const RULE = 'allowed: a mapping, or a list of mappings, to merge';

describe('merge keys in cache.yaml', () => {
  it('merges a mapping that another section defines', () => {
    const text = `
defaults: &defaults
  ttl: 5m
  consistentRead: true
dynamodb:
  - <<: *defaults
    table: one
    hashKey: id
  - { table: two, hashKey: id, <<: *defaults, ttl: 1m }
`;
    expect(tables(text)).toMatchObject([
      { name: 'one', consistentRead: true, lifetimes: { ttlMs: 300_000 } },
      { name: 'two', consistentRead: true, lifetimes: { ttlMs: 60_000 } },
    ]);
  });

  it('merges the entry of another table, of which the entry itself sets the rest', () => {
    const text = 'dynamodb: [&one { table: one, hashKey: id, ttl: 5m }, { <<: *one, table: two }]';
    expect(tables(text)).toMatchObject([
      { table: 'one', lifetimes: { ttlMs: 300_000 } },
      { table: 'two', hashKey: { name: 'id' }, lifetimes: { ttlMs: 300_000 } },
    ]);
  });

  it('prefers the settings of the entry, before and after the merge key and in any letter case', () => {
    const merged = '<<: { ttl: 5m, negativeTtl: 5m, staleIfError: 5m }';
    const text = `dynamodb: [{ table: abc, hashKey: id, TTL: 1m, ${merged}, NegativeTtl: 2m }]`;
    expect(tables(text)).toMatchObject([
      { lifetimes: { ttlMs: 60_000, negativeTtlMs: 120_000, staleIfErrorMs: 300_000 } },
    ]);
  });

  it('lets the first mapping of a list win', () => {
    const text = `
x-short: &short { ttl: 1m, negativeTtl: 1s }
x-long: &long { ttl: 1h, staleIfError: 2h }
dynamodb: [{ table: abc, hashKey: id, <<: [*short, *long, { staleIfError: 3h, region: eu-west-1 }] }]`;
    expect(tables(text)).toMatchObject([
      { region: 'eu-west-1', lifetimes: { ttlMs: 60_000, negativeTtlMs: 1000, staleIfErrorMs: 7_200_000 } },
    ]);
  });

  it('merges nested merges and follows aliases in them', () => {
    const text = `
x-fields: &fields [id, price]
x-base: &base { ttl: 5m, fields: *fields }
x-more: &more { <<: *base, negativeTtl: 1s }
dynamodb: [{ table: abc, hashKey: id, <<: *more }]`;
    expect(tables(text)).toMatchObject([
      { fields: ['id', 'price'], lifetimes: { ttlMs: 300_000, negativeTtlMs: 1000 } },
    ]);
  });

  it('follows aliases outside merges and uses the latest anchor of a name', () => {
    const text = `
dynamodb:
  - { table: one, hashKey: &key a, keys: &keys [{ hash: x }] }
  - { table: two, hashKey: *key, keys: *keys }
  - { table: three, hashKey: &key b }
  - { table: four, hashKey: *key }`;
    expect(tables(text)).toMatchObject([
      { name: 'one' },
      { hashKey: { name: 'a' }, preload: { keys: [{ id: 'x' }] } },
      { name: 'three' },
      { hashKey: { name: 'b' } },
    ]);
  });

  it('treats a null override as absent and an empty list as an empty merge', () => {
    expect(
      tables(
        'dynamodb: [{ table: abc, hashKey: id, ttl: null, <<: [{ ttl: 5m }] }, { table: xyz, hashKey: id, <<: [] }]',
      ),
    ).toMatchObject([{ lifetimes: { ttlMs: 1 } }, { lifetimes: { ttlMs: 1 } }]);
  });

  it('merges in mappings of keys and at the top of the file', () => {
    const text = `
x-all: &all
  dynamodb:
    - table: abc
      hashKey: id
      sortKey: sort
      keys: [&k { hash: a, sort: b }, { <<: *k, hash: c }]
<<: *all`;
    expect(tables(text)).toMatchObject([{ preload: { keys: [{ id: 'a\0b' }, { id: 'c\0b' }] } }]);
  });

  it.each([
    ['<<: x', '1:43', `is "x"; ${RULE}`],
    ['<<: null', '1:43', `is null; ${RULE}`],
    ['<<:', '1:42', `is empty; ${RULE}`],
    ['<<: [{ ttl: 1m }, x]', '1:57', `is "x"; ${RULE}`],
    ['<<: [[{ ttl: 1m }]]', '1:44', `is a list; ${RULE}`],
    ['<<: *none', '1:43', 'is the alias "none", which has no anchor above it'],
    ['region: &r eu-west-1, <<: *r', '1:50', `is "eu-west-1"; ${RULE}`],
    ['<<: &a { <<: *a }', '1:52', 'is the alias "a", which refers to a value that contains it'],
    ['<<: { ttl: 1m }, <<: { ttl: 2m }', '1:56', 'is given twice; allowed: once, with a list of mappings'],
    ['<<: { tll: 1m }', '1:45', ''],
  ])('refuses the merge %s at its position', (merge, place, problem) => {
    const { problems } = read(`dynamodb: [{ table: abc, hashKey: id, ${merge}}]`);
    expect(problems).toEqual([
      problem === ''
        ? expect.stringContaining(`f:${place}: dynamodb[0].tll is unknown; did you mean ttl?`)
        : `f:${place}: dynamodb[0]["<<"] ${problem}`,
    ]);
  });

  it.each([
    ['hashKey: *none', 'f:1:35: dynamodb[0].hashKey is the alias "none", which has no anchor above it'],
    [
      'hashKey: id, keys: &keys [*keys]',
      'f:1:52: dynamodb[0].keys[0] is the alias "keys", which refers to a value that contains it',
    ],
  ])('refuses the alias in %s at its position', (settings, problem) => {
    expect(read(`dynamodb: [{ table: abc, ${settings} }]`).problems).toEqual([problem]);
  });

  it('reports a problem of a merged setting at its own position, with the name of the table', () => {
    const text =
      'defaults: &defaults\n  ttl: soon\ndynamodb:\n  - { table: abc, hashKey: id, <<: *defaults }\n';
    expect(read(text).problems).toEqual([
      expect.stringContaining('f:2:8: dynamodb[0].ttl is "soon"; allowed:'),
    ]);
  });

  it('rejects an unreferenced section, unless its name begins with x-', () => {
    const table = 'dynamodb: [{ table: abc, hashKey: id }]\n';
    expect(read(`x-notes: { any: thing }\n${table}`).problems).toEqual([]);
    expect(read(`defaults: &defaults { ttl: 5m }\n${table}`).problems).toEqual([
      'f:1:1: defaults is not a supported section; allowed: dynamodb',
    ]);
  });

  it('refuses a few lines of aliases that stand for more than 100000 values', () => {
    const bomb = ['x-0: &a0 [{ hash: a }]'];
    for (let level = 1; level < 40; level++) {
      bomb.push(
        `x-${level}: &a${level} { <<: [*m, *m], keys: *a${level - 1} }`.replaceAll('*m', `*a${level - 1}`),
      );
    }
    const lists = Array.from(
      { length: 30 },
      (_, level) =>
        `x-l${level}: &l${level} [${level === 0 ? 'a' : `*l${level - 1}, *l${level - 1}, *l${level - 1}`}]`,
    );
    const keys = `[${'{ hash: a },'.repeat(1_000)}]`;
    const many = `dynamodb: [{ table: abc, hashKey: id, keys: &k ${keys} }${', { table: abc, keys: *k }'.repeat(1_000)}]`;
    const chain = Array.from(
      { length: 5000 },
      (_, at) => `x-${at}: &c${at} { k${at}: v, <<: ${at === 0 ? '{}' : `*c${at - 1}`} }`,
    );
    for (const text of [
      bomb.join('\n'),
      `${lists.join('\n')}\ndynamodb: *l29`,
      many,
      `${chain.join('\n')}\ndynamodb: [{ <<: *c4999 }]`,
    ]) {
      expect(read(text).problems.length).toBeGreaterThan(0);
    }
    expect(read(many).problems[0]).toContain('which makes all aliases expand to more than 100000 values');
  });

  it('merges any mappings as the library does', () => {
    const name = fc.constantFrom('ttl', 'negativeTtl', 'staleIfError', 'staleWhileRevalidate');
    const mapping = fc.dictionary(
      name,
      fc.integer({ min: 0, max: 9 }).map((n) => `${n}s`),
      { maxKeys: 4 },
    );
    fc.assert(
      fc.property(mapping, fc.array(mapping, { minLength: 1, maxLength: 3 }), (own, merged) => {
        const entry = JSON.stringify({ table: 'abc', hashKey: 'id', ...own }).slice(1, -1);
        const text = `dynamodb: [{ ${entry}, <<: ${JSON.stringify(merged)} }]`;
        const expected = JSON.stringify(parse(text, { merge: true }));
        expect(tables(text)).toEqual(tables(expected));
      }),
    );
  });
});
