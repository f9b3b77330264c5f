import { describe, expect, it } from '@jest/globals';
import { namesForeignTable } from '../../../src/domain/dynamodb/foreign-table.ts';

const ACCOUNT = '123456789012';
const arn = (account: string): string => `arn:aws:dynamodb:eu-west-1:${account}:table/Users`;
const OWN = arn(ACCOUNT);
const FOREIGN = arn('210987654321');

const verdict = (request: object | string): boolean =>
  namesForeignTable(
    new TextEncoder().encode(typeof request === 'string' ? request : JSON.stringify(request)),
    ACCOUNT,
  );

describe('a request names a foreign table', () => {
  it.each([
    ['as its table', { TableName: FOREIGN }],
    ['as an index of its table', { TableName: `${FOREIGN}/index/ByPlace` }],
    ['as one of a batch', { RequestItems: { [OWN]: {}, [FOREIGN]: {} } }],
    ['in a transaction', { TransactItems: [{ Get: { TableName: OWN } }, { Get: { TableName: FOREIGN } }] }],
  ])('%s', (_, request) => {
    expect(verdict(request)).toBe(true);
  });
});

describe('a request names no foreign table', () => {
  it.each([
    ['by its name', { TableName: 'Users' }],
    ['by an ARN of the own account', { TableName: OWN, RequestItems: { [OWN]: {} } }],
    ['in what it writes', { TableName: OWN, Item: { TableName: { S: FOREIGN } } }],
    ['where another name is none', { TableName: 'a b', RequestItems: { [OWN]: {} } }],
    ['in no JSON', `{"TableName":"${FOREIGN}"`],
    [
      'in strange places',
      { TableName: [FOREIGN], RequestItems: FOREIGN, TransactItems: [FOREIGN, [FOREIGN]] },
    ],
    ['in nothing', ''],
  ])('%s', (_, request) => {
    expect(verdict(request)).toBe(false);
  });
});
