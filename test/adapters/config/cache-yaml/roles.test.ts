import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  appConfigSection,
  listedConfigurations,
} from '../../../../src/adapters/config/cache-yaml/appconfig-section.ts';
import { readCacheYaml } from '../../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import {
  listedParameters,
  listedSecrets,
  parametersSection,
  secretsSection,
} from '../../../../src/adapters/config/cache-yaml/value-sections.ts';
import { readYaml } from '../../../../src/adapters/config/yaml/yaml-document.ts';
import { accountOfRole } from '../../../../src/domain/iam/assumed-role.ts';

const SECTIONS = [parametersSection, secretsSection, appConfigSection];
const lifetimes = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };
const READER = 'arn:aws:iam::111122223333:role/reader';
const OTHER = 'arn:aws:iam::444455556666:role/reader';

const read = (text: string) =>
  readCacheYaml(
    'f',
    readYaml(text),
    { lifetimes, region: 'eu-west-1', journal: { table: 'Journal' } },
    SECTIONS,
  );

const tablesIn = (text: string) => {
  const { problems, tables } = read(text);
  expect(problems).toEqual([]);
  return tables;
};

const problemsWith = (settings: string) =>
  read(`dynamodb: [{ table: abc, hashKey: id, ${settings} }]`).problems;

describe('the role of an entry', () => {
  it('is read in every section', () => {
    const role = `roleArn: ${READER}, externalId: shop-4711, sessionName: shop`;
    const yaml = read(`
dynamodb: [{ table: abc, hashKey: id, ${role} }]
parameters: [{ name: a, ${role} }]
secrets: [{ id: a, ${role} }]
appConfig: [{ application: a, environment: b, profile: c, ${role}, region: us-east-1 }]
`);

    expect(yaml.problems).toEqual([]);
    const expected = { role: { roleArn: READER, externalId: 'shop-4711', sessionName: 'shop' } };
    expect(yaml.tables).toMatchObject([{ name: 'abc', table: 'abc', account: '111122223333', ...expected }]);
    expect(listedParameters(yaml, lifetimes)?.listed).toMatchObject([expected]);
    expect(listedSecrets(yaml, lifetimes)?.listed).toMatchObject([expected]);
    expect(listedConfigurations(yaml, lifetimes)?.listed).toMatchObject([
      { ...expected, region: 'us-east-1' },
    ]);
  });

  it('is absent by default', () => {
    const yaml = read('dynamodb: [{ table: abc, hashKey: id }]\nparameters: [{ name: a }]');

    expect(yaml.tables[0]).not.toHaveProperty('role');
    expect(yaml.tables[0]).not.toHaveProperty('account');
    expect(listedParameters(yaml, lifetimes)?.listed[0]).not.toHaveProperty('role');
  });

  it('is that of the section unless the entry sets its own', () => {
    const yaml = read(`
parameters:
  roleArn: ${READER}
  externalId: shop
  items:
    - name: a
    - { name: b, roleArn: '${OTHER}', externalId: other }
    - { name: c, sessionName: audited }
`);

    expect(yaml.problems).toEqual([]);
    expect(listedParameters(yaml, lifetimes)?.listed.map(({ role }) => role)).toEqual([
      { roleArn: READER, externalId: 'shop' },
      { roleArn: OTHER, externalId: 'other' },
      { roleArn: READER, externalId: 'shop', sessionName: 'audited' },
    ]);
  });

  it.each([
    'arn:aws:iam::111122223333:role/reader',
    'arn:aws-cn:iam::111122223333:role/team/shop/reader',
    'arn:aws-us-gov:iam::111122223333:role/a',
    'arn:aws-iso-b:iam::111122223333:role/service-role/A_b+=,.@-9',
  ])('may be %s', (arn) => {
    expect(problemsWith(`roleArn: "${arn}"`)).toEqual([]);
  });

  it.each([
    ['roleArn', 'reader'],
    ['roleArn', 'arn:aws:iam::11112222333:role/reader'],
    ['roleArn', 'arn:aws:iam::111122223333:user/reader'],
    ['roleArn', 'arn:aws:iam:eu-west-1:111122223333:role/reader'],
    ['roleArn', 'arn:aws:sts::111122223333:assumed-role/reader/session'],
    ['roleArn', 'arn:aws:iam::111122223333:role/'],
    ['roleArn', `arn:aws:iam::111122223333:role/${'r'.repeat(65)}`],
    ['externalId', 'x'],
    ['externalId', 'a b'],
    ['externalId', 'x'.repeat(1225)],
    ['sessionName', 'x'],
    ['sessionName', 'a/b'],
    ['sessionName', 'x'.repeat(65)],
  ])('is rejected with the %s %s', (name, value) => {
    const given = { roleArn: READER, [name]: value };
    const settings = Object.entries(given).map(([each, text]) => `${each}: "${text}"`);

    expect(problemsWith(settings.join(', '))).toEqual([
      expect.stringMatching(new RegExp(`^f:1:\\d+: dynamodb\\[0\\]\\.${name} is `)),
    ]);
  });

  it.each([
    ['dynamodb: [{ table: abc, hashKey: id, externalId: shop }]', '1:51: dynamodb[0].externalId'],
    ['parameters: [{ name: a, sessionName: shop }]', '1:38: parameters[0].sessionName'],
    ['secrets: { items: [{ id: a, externalId: shop }] }', '1:41: secrets.items[0].externalId'],
    ['secrets: { externalId: shop, items: [{ id: a }] }', '1:24: secrets.externalId'],
    [`secrets: { sessionName: shop, items: [] }`, '1:25: secrets.sessionName'],
  ])('is not only half given: %s', (text, place) => {
    expect(read(text).problems).toEqual([`f:${place} is set without roleArn; allowed: both or neither`]);
  });

  it('may have the external id of the section and an ARN of its own', () => {
    const text = `secrets: { externalId: shop, items: [{ id: a, roleArn: "${READER}" }, { id: b }] }`;
    const yaml = read(text);

    expect(yaml.problems).toEqual([]);
    expect(listedSecrets(yaml, lifetimes)?.listed.map(({ role }) => role)).toEqual([
      { roleArn: READER, externalId: 'shop' },
      undefined,
    ]);
  });

  it('is one of at most twenty in the whole file', () => {
    const entries = (count: number) =>
      Array.from({ length: count }, (_, at) => `{ name: p${at}, roleArn: "${READER}${at % 20}" }`).join(', ');
    const extra = `{ id: a, roleArn: "${READER}0", externalId: more }`;

    expect(read(`parameters: [${entries(40)}]`).problems).toEqual([]);
    expect(
      read(`parameters: [${entries(40)}]\nsecrets: [${extra}, ${extra.replace('a', 'b')}]`).problems,
    ).toEqual([
      expect.stringMatching(
        /^f:2:29: secrets\[0\]\.roleArn is one role too many; allowed: at most 20 roles in the whole file/,
      ),
    ]);
  });
});

describe('a table by ARN', () => {
  const ARN = 'arn:aws:dynamodb:us-east-1:111122223333:table/Products';

  it('has the region and account of the ARN, and the ARN as its name', () => {
    expect(tablesIn(`dynamodb: [{ table: "${ARN}", hashKey: id }]`)).toMatchObject([
      { name: ARN, arn: ARN, table: 'Products', region: 'us-east-1', account: '111122223333' },
    ]);
  });

  it('may have a shorter name, and a role of a third account', () => {
    const text = `dynamodb: [{ table: "${ARN}", name: theirs, hashKey: id, roleArn: "${OTHER}", region: us-east-1 }]`;

    expect(tablesIn(text)).toMatchObject([
      { name: 'theirs', arn: ARN, table: 'Products', account: '111122223333', role: { roleArn: OTHER } },
    ]);
  });

  it('is a problem beside another region', () => {
    expect(read(`dynamodb: [{ table: "${ARN}", hashKey: id, region: eu-west-1 }]`).problems).toEqual([
      'f:1:100: dynamodb[0].region is "eu-west-1", but the ARN of table names another one; allowed: no region',
    ]);
  });

  it.each([
    `${ARN}/index/byPrice`,
    `${ARN}/stream/2026-01-01T00:00:00.000`,
    ARN.replace('111122223333', ''),
    ARN.replace('111122223333', '1111222233334'),
    ARN.replace('us-east-1', ''),
    ARN.replace('us-east-1', 'US-EAST-1'),
    ARN.replace('us-east-1', 'host.example'),
    ARN.replace('dynamodb', 's3'),
    ARN.replace('arn:', 'ARN:'),
    ARN.replace('Products', 'Pr'),
    ARN.replace('Products', 'Pro ducts'),
  ])('is not %s', (arn) => {
    expect(read(`dynamodb: [{ table: "${arn}", hashKey: id }]`).problems).toEqual([
      expect.stringContaining('or the ARN of a table such as arn:aws:dynamodb:eu-west-1:111122223333:table/'),
    ]);
  });

  it('is another table than one of the same name in the account of the function', () => {
    const text = `
dynamodb:
  - { table: Products, hashKey: id }
  - { table: "${ARN}", hashKey: id }
  - { table: "${ARN.replace('us-east', 'eu-west')}", hashKey: id }
  - { table: "${ARN.replace('111122223333', '444455556666')}", hashKey: id }
  - { table: Products, name: byRole, hashKey: id, roleArn: "${OTHER}" }
  - { table: "${ARN}", name: arnByRole, hashKey: id, roleArn: "${OTHER}" }
`;

    expect(new Set(tablesIn(text).map(({ name }) => name)).size).toBe(6);
  });

  it.each([
    [`table: "${ARN}"`, ''],
    [`table: "${ARN}"`, `roleArn: "${READER}", `],
    ['table: Products', `roleArn: "${READER}", `],
  ])('needs one name for the same place and role: %s %s', (table, role) => {
    const entry = (name: string) => `{ ${table}, ${role}hashKey: id, name: ${name} }`;

    expect(read(`dynamodb: [${entry('a')}, ${entry('b')}]`).problems).toEqual([
      expect.stringMatching(
        /has the name "b" for table ".+allowed: one name for each region, account and role$/,
      ),
    ]);
  });

  it('needs another name for the same table with another role', () => {
    const entry = (role: string) => `{ table: Products, hashKey: id, hashKeyValue: x, roleArn: "${role}" }`;

    expect(read(`dynamodb: [${entry(READER)}, ${entry(OTHER)}]`).problems).toEqual([
      expect.stringMatching(/^f:1:\d+: dynamodb\[1\]\.roleArn is .+ and another table needs another name$/),
    ]);
  });

  it('may be called as the journal table, in another account only', () => {
    const journal = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Journal';

    expect(tablesIn(`dynamodb: [{ table: "${journal}", hashKey: id }]`)).toHaveLength(1);
    expect(tablesIn(`dynamodb: [{ table: Journal, hashKey: id, roleArn: "${READER}" }]`)).toHaveLength(1);
    expect(read('dynamodb: [{ table: Journal, hashKey: id }]').problems).toHaveLength(1);
  });
});

describe('accountOfRole', () => {
  it('finds the account in every ARN that is valid, and nothing else in other texts', () => {
    const part = (units: string) =>
      fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 20 });
    const arn = fc.tuple(
      fc.constantFrom('aws', 'aws-cn', 'aws-us-gov'),
      part('0123456789').map((digits) => digits.padStart(12, '0').slice(-12)),
      part('ab/+=,.@-_9').map((path) => `/${path}/r`.replace(/^\/+/, '')),
    );
    fc.assert(
      fc.property(arn, ([partition, account, path]) => {
        const roleArn = `arn:${partition}:iam::${account}:role/${path}`;
        expect(problemsWith(`roleArn: "${roleArn}"`)).toEqual([]);
        expect(accountOfRole({ roleArn })).toBe(account);
      }),
      { numRuns: 50 },
    );
    expect(accountOfRole({ roleArn: 'arn:aws:iam::111122223333:user/x' })).toBeUndefined();
  });
});
