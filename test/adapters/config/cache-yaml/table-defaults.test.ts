import { describe, expect, it } from '@jest/globals';
import { readCacheYaml } from '../../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { readYaml } from '../../../../src/adapters/config/yaml/yaml-document.ts';

const lifetimes = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };
const READER = 'arn:aws:iam::111122223333:role/reader';
const OTHER = 'arn:aws:iam::444455556666:role/other';
const ARN = 'arn:aws:dynamodb:ap-south-1:444455556666:table/Products';

const read = (text: string) => readCacheYaml('f', readYaml(text), { lifetimes, region: 'eu-west-1' });

describe('the section dynamodb as a mapping with items', () => {
  it('gives its region and its role to all tables', () => {
    const { problems, tables } = read(`
dynamodb:
  roleArn: ${READER}
  externalId: shop-4711
  sessionName: shop
  region: us-east-1
  items:
    - { table: abc, hashKey: id }
    - { table: def, hashKey: id, region: eu-west-1, externalId: other }
`);

    expect(problems).toEqual([]);
    const role = { roleArn: READER, externalId: 'shop-4711', sessionName: 'shop' };
    expect(tables).toMatchObject([
      { name: 'abc', account: '111122223333', region: 'us-east-1', role },
      { name: 'def', account: '111122223333', region: 'eu-west-1', role: { ...role, externalId: 'other' } },
    ]);
  });

  it('is read in the same way without defaults', () => {
    const list = '\n    - table: abc\n      hashKey: id\n      keys: [{ hash: one }]\n';

    expect(read(`dynamodb:\n  items:${list}`)).toEqual(read(`dynamodb:${list}`));
  });

  it('leaves a table by ARN in its own region', () => {
    const { problems, tables } = read(
      `dynamodb: { region: us-east-1, roleArn: "${OTHER}", items: [{ table: "${ARN}", hashKey: id }] }`,
    );

    expect(problems).toEqual([]);
    expect(tables).toMatchObject([{ region: 'ap-south-1', role: { roleArn: OTHER } }]);
  });

  it('lets a table be repeated to add keys, whatever role its first entry has', () => {
    const { problems, tables } = read(`
dynamodb:
  roleArn: ${READER}
  region: us-east-1
  items:
    - { table: abc, hashKey: id, roleArn: "${OTHER}", region: eu-west-3 }
    - { table: abc, keys: [{ hash: one }] }
`);

    expect(problems).toEqual([]);
    expect(tables).toMatchObject([{ region: 'eu-west-3', role: { roleArn: OTHER } }]);
    expect(tables[0]?.preload.keys).toHaveLength(1);
  });

  it.each([
    ['roleArn: reader', /^f:2:12: dynamodb\.roleArn is "reader"; allowed: the ARN of an IAM role/],
    ['region: Europe', /^f:2:11: dynamodb\.region is "Europe"; allowed: an AWS region/],
    ['hashKey: id', /^f:2:12: dynamodb\.hashKey is not allowed here/],
    ['roleArm: x', /^f:2:3: dynamodb\.roleArm is unknown; did you mean roleArn\?/],
    ['externalId: shop', /^f:2:15: dynamodb\.externalId is set without roleArn; allowed: both or neither/],
  ])('reports the default %s with its line, and nothing else', (settings, problem) => {
    const { problems } = read(
      `dynamodb:\n  ${settings}\n  items: [{ table: abc, hashKey: id }, { table: abc, name: d, hashKey: id, region: us-east-1 }]\n`,
    );

    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    [
      'a table',
      'items: [{ table: abc, hashKey: id, sortKeyType: S }]',
      'f:2:51: dynamodb.items[0].sortKeyType',
    ],
    ['a setting of a table', 'items: [{ table: a, hashKey: id }]', 'f:2:20: dynamodb.items[0].table is "a"'],
    [
      'a key of a table',
      'items: [{ table: abc, hashKey: id, keys: [{ sort: x }] }]',
      'f:2:45: dynamodb.items[0].keys[0]',
    ],
    ['an absent list', `roleArn: ${READER}`, 'f:2:3: dynamodb has no items, which is required'],
    [
      'an empty list',
      'items: []',
      'f:2:10: dynamodb.items is an empty list; allowed: a list of at least one table',
    ],
    ['a list that is none', 'items: abc', 'f:2:10: dynamodb.items is "abc"; allowed: a list of tables'],
  ])('reports a problem of %s with its line', (_, settings, problem) => {
    expect(read(`dynamodb:\n  ${settings}\n`).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('reports two names of one place, with the role that both have from the section', () => {
    const { problems } = read(`
dynamodb:
  roleArn: ${READER}
  items:
    - { table: abc, hashKey: id }
    - { table: abc, name: def, hashKey: id }
`);

    expect(problems).toEqual([
      'f:6:7: dynamodb.items[1] has the name "def" for table "abc", which has the name "abc" on line 5; allowed: one name for each region, account and role',
    ]);
  });
});
