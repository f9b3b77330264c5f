import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { originOf } from '../../../../src/domain/dynamodb/operations/request-origin.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const OWN = '999999999999';
const [A, B] = ['111122223333', '444455556666'];
const arn = (account: string, region = 'eu-west-1', table = 'Products'): string =>
  `arn:aws:dynamodb:${region}:${account}:table/${table}`;
const roleOf = (account: string, name = 'reader') => ({ roleArn: `arn:aws:iam::${account}:role/${name}` });
const byArn = (name: string, text: string) => {
  const [, , , region = '', account = '', resource = ''] = text.split(':');
  return {
    ...tableSpec({ name, hashKey: { name: 'id', type: 'S' } }),
    arn: text,
    table: resource.slice('table/'.length),
    region,
    account,
  };
};

const SHARED = arn(A);
const WITH_ROLE = arn(B);
const ORDERS = arn(B, 'eu-west-1', 'Orders');
const OTHER_ROLE = arn(B, 'eu-west-1', 'Audit');
const ELSEWHERE = arn(A, 'us-east-1');
const BY_ROLE = arn(B, 'eu-west-1', 'Prices');

const tables = new ConfiguredTables(
  [
    tableSpec({ name: 'Products', hashKey: { name: 'id', type: 'S' } }),
    byArn('shared', SHARED),
    { ...byArn('withRole', WITH_ROLE), role: roleOf(B) },
    { ...byArn('orders', ORDERS), role: roleOf(B) },
    { ...byArn('audit', OTHER_ROLE), role: roleOf(B, 'auditor') },
    byArn('elsewhere', ELSEWHERE),
    {
      ...tableSpec({ name: 'prices', hashKey: { name: 'id', type: 'S' } }),
      table: 'Prices',
      account: B,
      role: roleOf(B),
    },
  ],
  'eu-west-1',
);

const bytesOf = (request: object | string) =>
  new TextEncoder().encode(typeof request === 'string' ? request : JSON.stringify(request));
const origin = (operation: string, request: object | string, account: string | undefined = OWN) =>
  originOf(operation, bytesOf(request), tables, {
    region: 'eu-west-1',
    ...(account === 'unknown' ? {} : { account }),
  });

const get = (table: string) => ({ Get: { TableName: table, Key: { id: { S: 'a' } } } });

describe('the origin of an operation', () => {
  it.each<readonly [string, string, object]>([
    ['names a table of its own', 'GetItem', { TableName: 'Products' }],
    ['names a table of its own by ARN', 'GetItem', { TableName: arn(OWN) }],
    ['names a table that a policy lets it read', 'GetItem', { TableName: SHARED }],
    ['names both in a batch', 'BatchGetItem', { RequestItems: { Products: {}, [SHARED]: {} } }],
    ['names it in a statement', 'ExecuteStatement', { Statement: `SELECT * FROM "${SHARED}"` }],
    ['names an ARN in its data only', 'PutItem', { TableName: 'Products', Item: { a: { S: arn(B, 'x') } } }],
  ])('is that of the function if it %s', (_, operation, request) => {
    expect(origin(operation, request)).toBeUndefined();
  });

  it.each<readonly [string, string, object]>([
    ['GetItem', 'GetItem', { TableName: WITH_ROLE, Key: {} }],
    ['UpdateItem', 'UpdateItem', { TableName: WITH_ROLE, Key: {}, UpdateExpression: 'SET a = b' }],
    ['DescribeTable', 'DescribeTable', { TableName: WITH_ROLE }],
    ['a batch', 'BatchGetItem', { RequestItems: { [WITH_ROLE]: {}, [ORDERS]: {} } }],
    ['a batch of writes', 'BatchWriteItem', { RequestItems: { [ORDERS]: [] } }],
    ['a transaction', 'TransactGetItems', { TransactItems: [get(WITH_ROLE), get(ORDERS)] }],
    [
      'a transaction of writes',
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName: ORDERS, Item: {} } }], ClientRequestToken: 'a' },
    ],
    ['a table that only its role places in the account', 'Query', { TableName: BY_ROLE }],
  ])('is the role of the table of %s', (_, operation, request) => {
    expect(origin(operation, request)).toEqual({ region: 'eu-west-1', role: roleOf(B) });
  });

  it.each(['DeleteItem', 'DescribeTable', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'])(
    'is the role of the table that %s names',
    (operation) => {
      expect(origin(operation, { TableName: WITH_ROLE })).toEqual({ region: 'eu-west-1', role: roleOf(B) });
    },
  );

  it.each(['ConditionCheck', 'Delete', 'Get', 'Put', 'Update'])(
    'is the role of the table that an action %s of a transaction names',
    (kind) => {
      const request = { TransactItems: [{ [kind]: { TableName: WITH_ROLE } }] };

      for (const operation of ['TransactGetItems', 'TransactWriteItems'])
        expect(origin(operation, request)).toEqual({ region: 'eu-west-1', role: roleOf(B) });
    },
  );

  it('is the region of the ARN', () => {
    expect(origin('Query', { TableName: ELSEWHERE })).toStrictEqual({ region: 'us-east-1' });
  });

  it('is that of an ARN in the file also if the own account is unknown', () => {
    expect(origin('GetItem', { TableName: WITH_ROLE }, 'unknown')).toMatchObject({ role: roleOf(B) });
    expect(origin('GetItem', { TableName: arn(B, 'eu-west-1', 'Other') }, 'unknown')).toBeUndefined();
    expect(origin('GetItem', `{"TableName":"${SHARED}"`, 'unknown')).toBeUndefined();
  });
});

describe('an operation has no single origin', () => {
  it.each<readonly [string, string, object]>([
    ['tables of two roles', 'BatchGetItem', { RequestItems: { [WITH_ROLE]: {}, [OTHER_ROLE]: {} } }],
    ['tables of two regions', 'BatchGetItem', { RequestItems: { [SHARED]: {}, [ELSEWHERE]: {} } }],
    ['a role and no role', 'BatchGetItem', { RequestItems: { [SHARED]: {}, [WITH_ROLE]: {} } }],
    ['a role and an own table', 'BatchWriteItem', { RequestItems: { Products: [], [WITH_ROLE]: [] } }],
    ['another region and an own table', 'BatchGetItem', { RequestItems: { Products: {}, [ELSEWHERE]: {} } }],
    ['an own table by ARN', 'BatchGetItem', { RequestItems: { [arn(OWN)]: {}, [WITH_ROLE]: {} } }],
    ['a table called like a member', 'BatchGetItem', { RequestItems: { Keys: {}, [WITH_ROLE]: {} } }],
    ['two roles in a transaction', 'TransactGetItems', { TransactItems: [get(WITH_ROLE), get(OTHER_ROLE)] }],
    ['an own table in a transaction', 'TransactGetItems', { TransactItems: [get(WITH_ROLE), get('Orders')] }],
    [
      'an action with a second part',
      'TransactWriteItems',
      { TransactItems: [{ ...get(WITH_ROLE), Put: { TableName: WITH_ROLE } }] },
    ],
    [
      'an unknown action',
      'TransactWriteItems',
      { TransactItems: [get(WITH_ROLE), { Item: { TableName: WITH_ROLE } }] },
    ],
    ['no table but an ARN elsewhere', 'GetItem', { TableName: 'Products', IndexName: WITH_ROLE }],
    [
      'an action that is no object',
      'TransactWriteItems',
      { TransactItems: [get(WITH_ROLE), { Put: WITH_ROLE }, 'Put'] },
    ],
    ['an empty action', 'TransactWriteItems', { TransactItems: [get(WITH_ROLE), {}] }],
    ['a table in a list', 'GetItem', { TableName: [WITH_ROLE] }],
  ])('with %s', (_, operation, request) => {
    expect(origin(operation, request)).toBe('several_origins');
  });

  it.each<readonly [string, string, object | string]>([
    ['a statement', 'ExecuteStatement', { Statement: `SELECT * FROM "${WITH_ROLE}"` }],
    [
      'a batch of statements',
      'BatchExecuteStatement',
      { Statements: [{ Statement: `DELETE FROM "${WITH_ROLE}"` }] },
    ],
    ['an operation of the control plane', 'DeleteTable', { TableName: WITH_ROLE }],
    ['an operation that does not exist yet', 'GetItems', { TableName: WITH_ROLE }],
    ['a repeated member', 'GetItem', `{"TableName":"Products","TableName":"${WITH_ROLE}"}`],
    ['a repeated member in capitals', 'GetItem', { TableName: WITH_ROLE, TABLENAME: 'Products' }],
    ['a member of another operation', 'GetItem', { TableName: WITH_ROLE, RequestItems: { Products: {} } }],
    ['a transaction that is an object', 'TransactGetItems', { TransactItems: get(WITH_ROLE) }],
    ...['RequestItems', 'TransactItems', 'Statement', 'Statements', 'TransactStatements'].map(
      (member) => [`the member ${member}`, 'GetItem', { TableName: WITH_ROLE, [member]: [] }] as const,
    ),
    ['the member TableName', 'BatchGetItem', { RequestItems: { [WITH_ROLE]: {} }, TableName: 'Products' }],
    ['a batch that is a list', 'BatchGetItem', { RequestItems: [WITH_ROLE] }],
  ])('with %s of a role', (_, operation, request) => {
    expect(origin(operation, request)).toBe('other_operation');
  });
});

describe('a table that the file does not name', () => {
  const unnamed: readonly (readonly [string, string])[] = [
    ['another account', arn('210987654321')],
    ['another region', SHARED.replace('eu-west-1', 'eu-west-2')],
    ['another table', SHARED.replace('Products', 'Secrets')],
    ['another letter case', SHARED.replace('Products', 'products')],
    ['an ARN in capitals', SHARED.replace('arn', 'ARN')],
    ['another partition', SHARED.replace('aws', 'aws-cn')],
    ['no region', SHARED.replace('eu-west-1', '')],
    ['an index', `${SHARED}/index/byPrice`],
    ['a stream', `${SHARED}/stream/2026-01-01T00:00:00.000`],
    ['a backup', `${SHARED}/backup/01`],
    ['space around it', ` ${SHARED}`],
    ['a suffix', `${SHARED}2`],
    ['two ARNs', `${SHARED},${SHARED}`],
    ['a slash', `${SHARED}/`],
    ['a percent sign', SHARED.replace('/', '%2F')],
  ];

  it.each(unnamed)('stays refused: %s', (_, text) => {
    for (const request of [
      { TableName: text },
      { RequestItems: { [SHARED]: {}, [text]: {} } },
      { TransactItems: [get(SHARED), get(text)] },
      { ResourceArn: text },
      { Statement: `SELECT * FROM "${text}"` },
    ]) {
      expect(origin('GetItem', request)).toBe('foreign_table');
    }
  });

  it.each([
    `SELECT * FROM ${SHARED}`,
    `SELECT * FROM '${SHARED}'`,
    `SELECT * FROM '${arn('210987654321')}'`,
    `SELECT * FROM "${SHARED}" WHERE EXISTS(SELECT * FROM "${arn('210987654321')}")`,
    `SELECT * FROM "${SHARED}" -- "${SHARED}"`,
    `SELECT * FROM "${SHARED}""${arn('210987654321')}"`,
  ])('stays refused in a statement: %s', (Statement) => {
    expect(origin('ExecuteStatement', { Statement })).toBe('foreign_table');
  });

  it('stays refused however its ARN and that of a named one are escaped', () => {
    const escaped = (text: string, choices: readonly boolean[]) =>
      [...text]
        .map((each, at) => (choices[at] ? `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}` : each))
        .join('');
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 70, maxLength: 70 }),
        fc.boolean(),
        (choices, isRole) => {
          const named = escaped(isRole ? WITH_ROLE : SHARED, choices);
          const foreign = escaped(arn('210987654321'), choices);

          expect(origin('GetItem', `{"TableName":"${foreign}"}`)).toBe('foreign_table');
          expect(origin('BatchGetItem', `{"RequestItems":{"${named}":{},"${foreign}":{}}}`)).toBe(
            'foreign_table',
          );
          expect(origin('GetItem', `{"TableName":"${named}"}`)).toEqual(
            isRole ? { region: 'eu-west-1', role: roleOf(B) } : undefined,
          );
        },
      ),
    );
  });
});
