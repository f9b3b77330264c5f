import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { isWrite, writeSetOf, wroteNothing } from '../../../../src/domain/dynamodb/operations/write-set.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const things = tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } });
const there = tableSpec({
  name: 'things-there',
  table: 'Things',
  hashKey: { name: 'id', type: 'S' },
  region: 'us-east-1',
});
const pairs = tableSpec({
  name: 'Pairs',
  hashKey: { name: 'h', type: 'N' },
  sortKey: { name: 's', type: 'S' },
});
const tables = new ConfiguredTables([things, there, pairs], 'eu-west-1');
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Pairs';

const pair = (h: string, s: string) => ({ group: 'Pairs', key: new KeyCodec(pairs).fromText(h, s) });
const PAIR_KEY = { h: { N: '1.0' }, s: { S: 'a' } };
const touched = (operation: string, request: unknown) =>
  writeSetOf(operation, new TextEncoder().encode(JSON.stringify(request)), tables);

describe('the write set of an operation', () => {
  it.each([
    ['GetItem'],
    ['BatchGetItem'],
    ['Query'],
    ['Scan'],
    ['TransactGetItems'],
    ['SearchVectors'],
    ['DescribeTable'],
    ['ListTables'],
    ['CreateBackup'],
    ['DeleteBackup'],
    ['DeleteResourcePolicy'],
    ['ExportTableToPointInTime'],
    ['GetResourcePolicy'],
    ['PutResourcePolicy'],
    ['TagResource'],
    ['UntagResource'],
    ['UpdateContinuousBackups'],
    ['UpdateContributorInsights'],
    ['UpdateTimeToLive'],
  ])('is empty: %s', (operation) => {
    expect(touched(operation, { TableName: 'Pairs' })).toEqual([]);
  });

  it.each([
    ['PutItem', { TableName: 'Pairs', Item: { ...PAIR_KEY, x: { N: '2' } } }],
    ['UpdateItem', { TableName: 'Pairs', Key: PAIR_KEY }],
    ['DeleteItem', { TableName: ARN, Key: PAIR_KEY }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ PutRequest: { Item: PAIR_KEY } }] } }],
    ['BatchWriteItem', { RequestItems: { [ARN]: [{ DeleteRequest: { Key: PAIR_KEY } }], Others: [{}] } }],
    ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Pairs', Item: PAIR_KEY } }] }],
    ['TransactWriteItems', { TransactItems: [{ Update: { TableName: 'Pairs', Key: PAIR_KEY } }] }],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { ConditionCheck: { TableName: 'Things', Key: { id: { S: 'a' } } } },
          { Delete: { TableName: 'Pairs', Key: PAIR_KEY } },
        ],
      },
    ],
    ['ExecuteStatement', { Statement: `DELETE FROM "Pairs" WHERE h = 1 AND s = 'a'` }],
    ['BatchExecuteStatement', { Statements: [{ Statement: `UPDATE Pairs SET x=1 WHERE s='a' AND h=1.0` }] }],
    [
      'ExecuteTransaction',
      {
        TransactStatements: [
          { Statement: `EXISTS(SELECT * FROM "Things" WHERE id = 'a')` },
          { Statement: 'DELETE FROM "Pairs" WHERE h = ? AND s = ?', Parameters: [{ N: '1' }, { S: 'a' }] },
        ],
      },
    ],
  ])('is the item with the key that it names: %s %j', (operation, request) => {
    expect(touched(operation, request)).toEqual([pair('1', 'a')]);
  });

  it.each([
    ['PutItem', { TableName: 'Pairs', Item: { h: { N: '1' } } }],
    ['PutItem', { TableName: 'Pairs', Item: { h: { N: '1' }, s: { N: '1' } } }],
    ['PutItem', { TableName: 'Pairs' }],
    ['DeleteItem', { TableName: 'Pairs', Key: 'a' }],
    ['PutItem', { TableName: 'Pairs', Key: PAIR_KEY }],
    ['UpdateItem', { TableName: 'Pairs', Item: PAIR_KEY }],
    ['DeleteItem', { TableName: 'Pairs', Item: PAIR_KEY }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ ReplaceRequest: { Item: PAIR_KEY } }] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ ReplaceRequest: { Key: PAIR_KEY } }] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ PutRequest: { Key: PAIR_KEY } }] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ DeleteRequest: { Item: PAIR_KEY } }] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ PutRequest: { Item: PAIR_KEY }, DeleteRequest: {} }] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ PutRequest: 'a' }] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{ PutRequest: null }] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [{}] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: [null] } }],
    ['BatchWriteItem', { RequestItems: { Pairs: 'all' } }],
    ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Pairs', Key: PAIR_KEY } }] }],
    ['TransactWriteItems', { TransactItems: [{ Update: { TableName: 'Pairs', Item: PAIR_KEY } }] }],
    ['TransactWriteItems', { TransactItems: [{ Delete: { TableName: 'Pairs', Item: PAIR_KEY } }] }],
    ['CreateTable', { TableName: 'Pairs' }],
    ['StartBulkPutItems', { TableName: 'Pairs' }],
    ['DescribeBulkOperation', { BulkOperationArn: `${ARN}/bulk-operation/01700000000000-abcdef` }],
    ['DeleteTable', { TableName: 'Pairs' }],
    ['UpdateTable', { TableName: 'Pairs' }],
    ['RestoreTableToPointInTime', { TargetTableName: 'Pairs', SourceTableName: 'Things' }],
    ['RestoreTableFromBackup', { TargetTableName: ARN }],
    ['ExecuteStatement', { Statement: `INSERT INTO "Pairs" VALUE {'h': 1, 's': 'a'}` }],
  ])('is the whole table if no key can be determined: %s %j', (operation, request) => {
    expect(touched(operation, request)).toEqual([{ group: 'Pairs' }]);
  });

  it.each([
    ['PutItem', [1]],
    ['PutItem', { TableName: 'a b', Item: PAIR_KEY }],
    ['PutItem', { Item: PAIR_KEY }],
    ['BatchWriteItem', {}],
    ['BatchWriteItem', { RequestItems: { 'a b': [], 'c d': 'all', Pairs: 'all' } }],
    ['TransactWriteItems', { TransactItems: [null] }],
    ['TransactWriteItems', { TransactItems: [{}] }],
    ['TransactWriteItems', { TransactItems: [{ Put: null }] }],
    ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Pairs', Item: PAIR_KEY } }, {}] }],
    ['TransactWriteItems', { TransactItems: [{ ConditionCheck: {}, Put: { TableName: 'Others' } }] }],
    ['TransactWriteItems', { TransactItems: [{ Replace: { TableName: 'Pairs', Key: PAIR_KEY } }] }],
    ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Others' }, Delete: {} }] }],
    ['TransactWriteItems', { TransactItems: { Put: {} } }],
    ['ExecuteStatement', {}],
    ['ExecuteStatement', { Statement: ['DELETE FROM "Others"'] }],
    ['BatchExecuteStatement', { Statements: { Statement: 'DELETE FROM "Others"' } }],
    ['BatchExecuteStatement', { Statements: [null] }],
    ['BatchExecuteStatement', { Statements: [{}] }],
    ['BatchExecuteStatement', { TransactStatements: [] }],
    ['RestoreTableToPointInTime', { TableName: 'Pairs' }],
    ['ExecuteTransaction', { TransactStatements: [1] }],
    ['ExecuteTransaction', {}],
    ['UpsertItem', { TableName: 'Others' }],
  ])('is everything: %s %j', (operation, request) => {
    expect(touched(operation, request)).toBe('everything');
  });

  it('is everything if the statements are too long together', () => {
    const start = `DELETE FROM "Others" WHERE id = '`;
    const Statement = `${start.padEnd(8_191, 'x')}'`;
    const longest = Array.from({ length: 8 }, () => ({ Statement }));
    const longer = [...longest, { Statement: 'SELECT 1' }];

    for (const [operation, member] of [
      ['BatchExecuteStatement', 'Statements'],
      ['ExecuteTransaction', 'TransactStatements'],
    ] as const) {
      expect(touched(operation, { [member]: longest })).toEqual([]);
      expect(touched(operation, { [member]: longer })).toBe('everything');
      expect(touched(operation, { [member]: [{ Statement: [] }, ...longest] })).toBe('everything');
    }
  });

  it('is everything if the request repeats a member', () => {
    const body = new TextEncoder().encode('{"TableName":"Others","TableName":"Pairs","Key":{}}');

    expect(writeSetOf('DeleteItem', body, tables)).toBe('everything');
  });

  it.each([
    ['PutItem', { TableName: 'Others', Item: PAIR_KEY }],
    ['BatchWriteItem', { RequestItems: { Others: [{ PutRequest: { Item: PAIR_KEY } }] } }],
    ['ExecuteTransaction', { TransactStatements: [{ Statement: 'DELETE FROM "Others"' }] }],
  ])('is empty if the table is not configured: %s', (operation, request) => {
    expect(touched(operation, request)).toEqual([]);
  });

  it('is the item of each table of that name, wherever it is', () => {
    const groups = touched('PutItem', { TableName: 'Things', Item: { id: { S: 'a' } } });

    expect(groups).toMatchObject([{ group: 'Things' }, { group: 'things-there' }]);
  });

  it('is under the key by which the item is read, however a number is written', () => {
    const number = fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(5))
      .map(
        ([digits, zeros]) =>
          [
            `${digits}`,
            `${digits < 0n ? '-' : ''}${'0'.repeat(zeros)}${digits < 0n ? -digits : digits}.${'0'.repeat(zeros)}`,
          ] as const,
      );
    fc.assert(
      fc.property(number, fc.string({ minLength: 1 }), ([plain, odd], s) => {
        expect(touched('UpdateItem', { TableName: 'Pairs', Key: { h: { N: odd }, s: { S: s } } })).toEqual([
          pair(plain, s),
        ]);
      }),
    );
  });
});

describe('isWrite', () => {
  it.each([
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'TransactWriteItems',
    'ExecuteStatement',
    'BatchExecuteStatement',
    'ExecuteTransaction',
    'CreateTable',
    'StartBulkPutItems',
    'DescribeBulkOperation',
    'DeleteTable',
    'UpdateTable',
    'RestoreTableFromBackup',
    'RestoreTableToPointInTime',
  ])('is true for %s', (operation) => {
    expect(isWrite(operation)).toBe(true);
  });

  it.each(['GetItem', 'Query', 'TransactGetItems', 'TagResource', 'UpsertItem', ''])(
    'is false for %j',
    (operation) => {
      expect(isWrite(operation)).toBe(false);
    },
  );
});

describe('wroteNothing', () => {
  const isCertain = (error: unknown, operation = 'TransactWriteItems'): boolean =>
    wroteNothing(
      new TextEncoder().encode(typeof error === 'string' ? error : JSON.stringify(error)),
      operation,
    );
  const canceled = (...codes: readonly unknown[]) => ({
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

  it.each([
    'AccessDeniedException',
    'IdempotentParameterMismatchException',
    'IncompleteSignatureException',
    'InvalidSignatureException',
    'MissingAuthenticationTokenException',
    'ResourceNotFoundException',
    'SerializationException',
    'UnrecognizedClientException',
    'ValidationException',
  ])('is certain after %s, with or without a namespace', (name) => {
    expect(isCertain({ __type: name })).toBe(true);
    expect(isCertain({ __type: `com.amazon.coral.service#${name}`, message: 'm' })).toBe(true);
  });

  it.each([
    ['its only condition', canceled('ConditionalCheckFailed')],
    ['one condition of several', canceled('None', 'ConditionalCheckFailed', 'None')],
    ['all conditions', canceled('ConditionalCheckFailed', 'ConditionalCheckFailed')],
  ])('is certain after a transaction that was canceled by %s', (_, error) => {
    expect(isCertain(error)).toBe(true);
  });

  it.each<readonly [string, unknown]>([
    ['a conflict', canceled('TransactionConflict')],
    ['a conflict beside a condition', canceled('ConditionalCheckFailed', 'TransactionConflict')],
    ['no reason', canceled('None')],
    ['no reasons', canceled()],
    ['reasons without a code', canceled('ConditionalCheckFailed', undefined)],
    ['a code that is not a text', canceled('ConditionalCheckFailed', 1)],
    ['reasons that are absent', { __type: 'TransactionCanceledException' }],
    ['reasons that are not a list', { __type: 'TransactionCanceledException', CancellationReasons: {} }],
    ['reasons that are no objects', { __type: 'TransactionCanceledException', CancellationReasons: ['a'] }],
    ['throttling', { __type: 'ThrottlingException' }],
    ['a transaction in progress', { __type: 'TransactionInProgressException' }],
    ['a name that ends like another', { __type: 'a#b#ValidationException' }],
    ['a name that begins like another', { __type: 'ValidationException#a' }],
    ['a name that is not a text', { __type: ['ValidationException'] }],
    ['a name that is a number', { __type: 1 }],
    ['no name', { message: 'm' }],
    ['no object', '[]'],
    ['no JSON', '{"__type":"ValidationException"'],
    ['nothing', ''],
  ])('is not certain after %s', (_, error) => {
    expect(isCertain(error)).toBe(false);
  });

  it.each<readonly [string, unknown, boolean]>([
    ['any named error', { __type: 'com.amazonaws.dynamodb.v20120810#TransactionConflictException' }, true],
    ['an error without a name', { message: 'm' }, false],
    ['no JSON', '<html>', false],
    ['nothing', '', false],
  ])('of an operation outside transactions, after %s', (_, error, expected) => {
    expect(isCertain(error, 'PutItem')).toBe(expected);
  });
});
