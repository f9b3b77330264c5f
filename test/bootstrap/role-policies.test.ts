import { describe, expect, it } from '@jest/globals';
import {
  checkConfigText,
  permissionsOfRole,
  policyForConfig,
  targetPoliciesForConfig,
} from '../../src/bootstrap/check-config.ts';

const READER = 'arn:aws:iam::111122223333:role/team/reader';
const OTHER = 'arn:aws:iam::444455556666:role/other';
const FUNCTION = 'arn:aws:iam::999999999999:role/fn';
const THEIRS = 'arn:aws:dynamodb:us-east-1:111122223333:table/Products';

const configOf = (text: string) => {
  const config = checkConfigText(text, { environment: { CACHE_EXTENSION_STALE_IF_ERROR: '0s' } });
  expect(config.problems).toEqual([]);
  return config;
};

const CONFIG = configOf(`
dynamodb:
  - { table: Products, hashKey: id }
  - { table: "${THEIRS}", hashKey: id }
  - { table: Products, name: byRole, hashKey: id, roleArn: "${READER}", externalId: shop, region: eu-north-1 }
  - { table: "${THEIRS.replace('Products', 'Orders')}", hashKey: id, roleArn: "${OTHER}" }
parameters:
  roleArn: ${READER}
  externalId: shop
  items: [{ name: /shop/host }]
secrets: [{ id: prod/db }, { id: theirs/db, roleArn: "${OTHER}" }]
appConfig: [{ application: a, environment: b, profile: c, roleArn: "${OTHER}" }]
`);

const HERE = { region: 'eu-west-1', account: '999999999999' };

/** The resources of each action. */
const grantsOf = ({
  Statement,
}: {
  readonly Statement: readonly {
    readonly Action: readonly string[];
    readonly Resource?: readonly string[];
  }[];
}) => Object.fromEntries(Statement.map(({ Action: [action = ''], Resource }) => [action, Resource]));

describe('the policy of a function that reads other accounts', () => {
  it('allows the reads without a role, and to assume the roles of all sections', () => {
    expect(grantsOf(policyForConfig(CONFIG, HERE))).toEqual({
      'dynamodb:GetItem': ['arn:aws:dynamodb:eu-west-1:999999999999:table/Products', THEIRS],
      'secretsmanager:GetSecretValue': [
        'arn:aws:secretsmanager:eu-west-1:999999999999:secret:prod/db-??????',
      ],
      'sts:AssumeRole': [READER, OTHER],
    });
  });

  it('allows the journal in the account of the function, also if a role reads the table', () => {
    const config = configOf(
      `dynamodb: [{ table: Products, hashKey: id, roleArn: "${READER}", coherence: ttl }]`,
    );
    const [table] = config.tables;
    const coherent = {
      ...config,
      tables: table ? [{ ...table, coherence: { mode: 'invocation' } as const }] : [],
    };
    const journal = ['arn:aws:dynamodb:eu-west-1:999999999999:table/Journal'];

    expect(grantsOf(policyForConfig(coherent, { ...HERE, journal: 'Journal' }))).toEqual({
      'dynamodb:Query': journal,
      'dynamodb:UpdateItem': journal,
      'sts:AssumeRole': [READER],
    });
  });
});

describe('the policies of another account', () => {
  it('are those of its roles, with the external id, and of its tables that others read', () => {
    const policies = targetPoliciesForConfig(CONFIG, '111122223333', {
      region: 'eu-west-1',
      functionRole: FUNCTION,
    });
    const [role] = policies.roles;

    expect(policies.roles.map(({ roleArn }) => roleArn)).toEqual([READER]);
    expect(role && grantsOf(role.permissions)).toEqual({
      'dynamodb:GetItem': ['arn:aws:dynamodb:eu-north-1:111122223333:table/Products'],
      'ssm:GetParameter': ['arn:aws:ssm:eu-west-1:111122223333:parameter/shop/host'],
    });
    expect(role?.trust.Statement).toEqual([
      {
        Sid: 'AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: [FUNCTION] },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'sts:ExternalId': ['shop'] } },
      },
    ]);
    expect(policies.tables).toEqual([
      {
        tableArn: THEIRS,
        resourcePolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'ReadItems',
              Effect: 'Allow',
              Principal: { AWS: [FUNCTION] },
              Action: ['dynamodb:GetItem'],
              Resource: [THEIRS],
            },
          ],
        },
      },
      {
        tableArn: THEIRS.replace('Products', 'Orders'),
        resourcePolicy: expect.objectContaining({
          Statement: [expect.objectContaining({ Principal: { AWS: [OTHER] } })],
        }),
      },
    ]);
  });

  it('have a placeholder for an unknown role of the function, and no condition without an external id', () => {
    const { roles } = targetPoliciesForConfig(CONFIG, '444455556666');

    expect(roles.map(({ roleArn }) => roleArn)).toEqual([OTHER]);
    expect(roles[0]?.trust.Statement).toEqual([
      {
        Sid: 'AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::FUNCTION_ACCOUNT:role/FUNCTION_ROLE'] },
        Action: ['sts:AssumeRole'],
      },
    ]);
  });

  it('require one of several external ids, and none if an entry has none', () => {
    const entry = (name: string, more: string) => `{ name: ${name}, roleArn: "${READER}"${more} }`;
    const trustOf = (...entries: string[]) =>
      targetPoliciesForConfig(configOf(`parameters: [${entries.join(', ')}]`), '111122223333').roles[0]?.trust
        .Statement[0]?.Condition;

    expect(trustOf(entry('a', ', externalId: two'), entry('b', ', externalId: one'))).toEqual({
      StringEquals: { 'sts:ExternalId': ['one', 'two'] },
    });
    expect(trustOf(entry('a', ', externalId: two'), entry('b', ''))).toBeUndefined();
  });

  it('are in the partition of the role', () => {
    const arn = 'arn:aws-cn:iam::111122223333:role/reader';
    const config = configOf(`secrets: [{ id: db, roleArn: "${arn}" }]`);

    expect(grantsOf(permissionsOfRole(config, arn))['secretsmanager:GetSecretValue']).toEqual([
      'arn:aws-cn:secretsmanager:*:111122223333:secret:db-??????',
    ]);
  });

  it('are none for an account that the file does not name', () => {
    expect(targetPoliciesForConfig(CONFIG, '999999999999')).toEqual({ roles: [], tables: [] });
  });
});

describe('tables with a role and a region from their section', () => {
  it('get the same policies as with settings of their own', () => {
    const settings = `roleArn: "${READER}", externalId: shop, region: eu-north-1`;
    const [inherited, own] = [
      configOf(`dynamodb: { ${settings}, items: [{ table: Products, hashKey: id }] }`),
      configOf(`dynamodb: [{ table: Products, hashKey: id, ${settings} }]`),
    ];

    expect(JSON.stringify(policyForConfig(inherited, HERE))).toContain(READER);
    expect(policyForConfig(inherited, HERE)).toEqual(policyForConfig(own, HERE));
    expect(permissionsOfRole(inherited, READER, HERE)).toEqual(permissionsOfRole(own, READER, HERE));
  });
});
