import { describe, expect, it } from '@jest/globals';
import { checkCacheYaml } from '../../../../src/adapters/config/cache-yaml/check-cache-yaml.ts';

const JOURNAL = { CACHE_EXTENSION_JOURNAL_TABLE: 'my-journal', AWS_REGION: 'eu-west-1' };

const check = (entries: string, environment?: Record<string, string>) =>
  checkCacheYaml(`dynamodb:\n${entries}`, { environment });

const coherenceOf = (entries: string, environment?: Record<string, string>) => {
  const { tables, problems } = check(entries, environment);
  expect(problems).toEqual([]);
  return tables.map(({ coherence }) => coherence);
};

const THINGS = '  - { table: Things, hashKey: id }\n';
const COHERENT = '  - { table: Things, hashKey: id, coherence: invocation }\n';

describe('the coherence of a table', () => {
  it.each([
    ['ttl', { mode: 'ttl' }],
    ['invocation', { mode: 'invocation' }],
    ['1m30s', { mode: 'interval', ms: 90_000 }],
    ['100ms', { mode: 'interval', ms: 100 }],
    ['24h', { mode: 'interval', ms: 86_400_000 }],
  ])('is read from cache.yaml: %s', (text, coherence) => {
    expect(coherenceOf(`  - { table: Things, hashKey: id, coherence: ${text} }\n`, JOURNAL)).toEqual([
      coherence,
    ]);
  });

  it('is that of the variable if the table has none', () => {
    const environment = { ...JOURNAL, CACHE_EXTENSION_COHERENCE: '1s' };
    const own = '  - { table: Others, hashKey: id, coherence: ttl }\n';

    expect(coherenceOf(THINGS + own, environment)).toEqual([{ mode: 'interval', ms: 1000 }, { mode: 'ttl' }]);
  });

  it('is absent if neither is set', () => {
    expect(coherenceOf(THINGS, JOURNAL)).toEqual([undefined]);
  });

  it('may differ for one table in two regions', () => {
    const abroad = '  - { table: Things, name: Abroad, hashKey: id, region: us-east-1, coherence: 1s }\n';

    expect(coherenceOf(COHERENT + abroad, JOURNAL)).toEqual([
      { mode: 'invocation' },
      { mode: 'interval', ms: 1000 },
    ]);
  });

  it('may differ for two names of one table if the region is unknown', () => {
    const abroad = '  - { table: Things, name: Abroad, hashKey: id, region: us-east-1, coherence: 1s }\n';

    expect(coherenceOf(COHERENT + abroad)).toHaveLength(2);
  });

  it('may be set for an observed table', () => {
    const observed = '  - { table: Things, hashKey: id, mode: observe, coherence: invocation }\n';

    expect(coherenceOf(observed, JOURNAL)).toEqual([{ mode: 'invocation' }]);
  });

  it('must not differ from the first entry of the table', () => {
    const again = '  - { table: Things, hashKeyValue: a, coherence: 1s }\n';

    expect(check(COHERENT + again, JOURNAL).problems).toEqual([
      expect.stringMatching(
        /^cache\.yaml:3:\d+: dynamodb\[1\].coherence is "1s", which conflicts with the entry for "Things" on line 2/,
      ),
    ]);
  });
});

describe('the journal table', () => {
  it.each(['invocation', '1s'])('is required by coherence: %s', (coherence) => {
    const entry = `  - table: Things\n    hashKey: id\n    coherence: ${coherence}\n`;

    expect(check(entry, {}).problems).toEqual([
      `cache.yaml:4:16: dynamodb[0].coherence is "${coherence}", but CACHE_EXTENSION_JOURNAL_TABLE names no table; set it to the name of the journal table`,
    ]);
  });

  it('is not required by coherence: ttl', () => {
    expect(check('  - { table: Things, hashKey: id, coherence: ttl }\n', {}).problems).toEqual([]);
  });

  it('is assumed to be set if the environment is unknown', () => {
    expect(check(COHERENT).problems).toEqual([]);
  });

  it.each([
    ['without a region', ''],
    ['in the region of the function', ', region: eu-west-1'],
  ])('must not be a configured table %s', (_, region) => {
    const entry = `  - { table: my-journal, name: other, hashKey: table, sortKey: page${region} }\n`;

    expect(check(entry, JOURNAL).problems).toEqual([
      'cache.yaml:2:14: dynamodb[0].table is "my-journal", the journal table of CACHE_EXTENSION_JOURNAL_TABLE; allowed: another table',
    ]);
  });

  it('may have the name of a configured table in another region', () => {
    expect(check('  - { table: my-journal, hashKey: id, region: us-east-1 }\n', JOURNAL).problems).toEqual(
      [],
    );
  });

  it('is part of a checked file', () => {
    expect(check(THINGS, JOURNAL).journal).toEqual({ table: 'my-journal', pages: 4 });
    expect(check(THINGS, {}).journal).toBeUndefined();
  });
});
