import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tablesNamedByArn } from '../../../../src/domain/dynamodb/operations/request-origin.ts';

const ACCOUNT = '123456789012';
const OTHER = '210987654321';
const arn = (account: string, rest = 'table/Users'): string =>
  `arn:aws:dynamodb:eu-west-1:${account}:${rest}`;
const OWN = arn(ACCOUNT);
const FOREIGN = arn(OTHER);

const bytesOf = (request: object | string | Uint8Array): Uint8Array => {
  if (request instanceof Uint8Array) return request;
  return new TextEncoder().encode(typeof request === 'string' ? request : JSON.stringify(request));
};
const verdict = (request: object | string | Uint8Array): boolean =>
  tablesNamedByArn(bytesOf(request), ACCOUNT, () => undefined) === undefined;

const escaped = (text: string, letters: RegExp): string =>
  text.replaceAll(letters, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
const named = (table: string): string => `{"TableName":"${table}"}`;
const statement = (Statement: string) => ({ Statement });
/** A statement of this length with a foreign ARN in its data. */
const longStatement = (length: number) => {
  const start = `SELECT * FROM "Users" WHERE id = '${FOREIGN}' AND a = '`;
  return statement(`${start.padEnd(length - 1, 'x')}'`);
};

describe('a request may name a table of another account', () => {
  it.each<readonly [string, object | string | Uint8Array]>([
    ['as its table', { TableName: FOREIGN }],
    ['as an index of its table', { TableName: `${FOREIGN}/index/ByPlace` }],
    ['as one of a batch', { RequestItems: { [OWN]: {}, [FOREIGN]: {} } }],
    ['in a transaction', { TransactItems: [{ Get: { TableName: OWN } }, { Get: { TableName: FOREIGN } }] }],
    ['as a resource', { ResourceArn: FOREIGN, Tags: [] }],
    ['as the table of an export', { TableArn: FOREIGN, S3Bucket: 'b' }],
    ['as the source of a restore', { SourceTableArn: FOREIGN, TargetTableName: 'Mine' }],
    ['as a backup', { BackupArn: arn(OTHER, 'table/Users/backup/01'), TargetTableName: 'Mine' }],
    ['as an export', { ExportArn: arn(OTHER, 'table/Users/export/01') }],
    ['as a stream', { StreamArn: arn(OTHER, 'table/Users/stream/01') }],
    ['as a member that nobody knows yet', { Later: { Deeper: [{ SomeArn: FOREIGN }] } }],
    ['as a global table', { ResourceArn: `arn:aws:dynamodb::${OTHER}:global-table/Users` }],
    ['where a name is expected in another form', { TableName: [FOREIGN], RequestItems: FOREIGN }],
    ['behind an escaped colon', named(FOREIGN.replace(':', '\\u003a'))],
    ['with all colons escaped', named(escaped(FOREIGN, /:/g))],
    ['with letters escaped', named(escaped(FOREIGN, /[dyA]/gi))],
    ['with its member escaped', `{"Table\\u004eame":"${FOREIGN}"}`],
    ['the first of two times', `{"TableName":"${FOREIGN}","TableName":"Users"}`],
    ['the second of two times', `{"TableName":"Users","TableName":"${FOREIGN}"}`],
    ['in capitals', named(FOREIGN.replace('arn', 'ARN'))],
    ['in capitals, all of it', named(FOREIGN.toUpperCase())],
    ['without a region', named(FOREIGN.replace('eu-west-1', ''))],
    ['in another partition', named(FOREIGN.replace('aws', 'aws-cn'))],
    ['with space around it', named(` ${FOREIGN} `)],
    ['behind its own name', named(`${OWN},${FOREIGN}`)],
    ['in JSON that is cut off', `{"TableName":"${FOREIGN}"`],
    ['in JSON with single quotes', `{'TableName':'${FOREIGN}'}`],
    ['in the second of two documents', `{"TableName":"Users"}{"TableName":"${FOREIGN}"}`],
    ['in UTF-16', new Uint8Array(Buffer.from(named(FOREIGN), 'utf16le'))],
    [
      'with overlong UTF-8',
      new Uint8Array(Buffer.from(named(FOREIGN.replaceAll(':', '\xc0\xba')), 'latin1')),
    ],
    ['in no JSON, in capitals', `'${FOREIGN.toUpperCase()}'`],
    ['in no JSON, with the first escape of ASCII', '{"TableName":"\\u0020"'],
    ['in no JSON, with the last escape of ASCII', '{"TableName":"\\u007f"'],
    ['in UTF-8 of three bytes that is overlong', Uint8Array.of(0xe0, 0x9f, 0xbf)],
    ['in UTF-8 of four bytes that is overlong', Uint8Array.of(0xf0, 0x8f, 0xbf, 0xbf)],
    ['in UTF-8 of two bytes that is overlong', Uint8Array.of(0xc1, 0xbf)],
    ['deep below everything', `${'['.repeat(40)}"${FOREIGN}"${']'.repeat(40)}`],
    ['in a statement', statement(`SELECT * FROM "${FOREIGN}" WHERE id = 'a'`)],
    ['in a statement without quotes', statement(`SELECT * FROM ${FOREIGN} WHERE id = 'a'`)],
    ['in a statement, escaped', escaped(JSON.stringify(statement(`DELETE FROM "${FOREIGN}"`)), /[:d]/g)],
    ['in a text where a table is expected', statement(`UPDATE '${FOREIGN}' SET a = 1`)],
    ['in a text where a table is expected, after INTO', statement(`INSERT INTO '${FOREIGN}' VALUE {}`)],
    [
      'in a text where a table is expected, after FROM',
      statement(`SELECT * FROM '${FOREIGN}' WHERE id = 'a'`),
    ],
    ['in a text where a table is expected, after JOIN', statement(`SELECT * FROM "Users" JOIN '${FOREIGN}'`)],
    ['in a text outside of a statement', { TableName: `SELECT '${FOREIGN}'` }],
    ['in a statement that is too long to be understood', longStatement(8_193)],
    ['in a statement with a comment', statement(`SELECT * FROM --\n"${FOREIGN}"`)],
    ['behind a text with a backslash', statement(`INSERT INTO "T" VALUE {'a\\': '${FOREIGN}'}`)],
    [
      'in a batch of statements',
      { Statements: [statement('SELECT 1'), statement(`SELECT * FROM "${FOREIGN}"`)] },
    ],
    ['in a transaction of statements', { TransactStatements: [statement(`DELETE FROM "${FOREIGN}"`)] }],
  ])('%s', (_, request) => {
    expect(verdict(request)).toBe(true);
  });

  it.each<readonly [string, string]>([
    ['in capitals', named(OWN.replace('arn', 'ARN'))],
    ['without a region', named(OWN.replace('eu-west-1', ''))],
  ])('also where its own account is not written plainly: %s', (_, request) => {
    expect(verdict(request)).toBe(true);
  });
});

describe('a request names only tables of the own account', () => {
  it.each<readonly [string, object | string | Uint8Array]>([
    ['by its name', { TableName: 'Users' }],
    ['by an ARN', { TableName: OWN, RequestItems: { [OWN]: {} } }],
    ['by an ARN of an index', { TableName: `${OWN}/index/ByPlace` }],
    ['by an ARN with escapes', named(escaped(OWN, /[:/]/g))],
    [
      'by an ARN in another region or partition',
      named(OWN.replace('aws:dynamodb:eu-west-1', 'aws-cn:dynamodb:cn-north-1')),
    ],
    ['as a resource', { ResourceArn: OWN, Tags: [{ Key: 'source', Value: FOREIGN }] }],
    ['as a backup', { BackupArn: arn(ACCOUNT, 'table/Users/backup/01') }],
    ['as a global table', { ResourceArn: `arn:aws:dynamodb::${ACCOUNT}:global-table/Users` }],
    ['with a policy that names others', { ResourceArn: OWN, Policy: JSON.stringify({ Principal: FOREIGN }) }],
    [
      'with a stream of another service',
      { TableName: OWN, StreamArn: `arn:aws:kinesis:eu-west-1:${OTHER}:stream/s` },
    ],
    [
      'with a key of another account',
      { TableName: OWN, KMSMasterKeyId: `arn:aws:kms:eu-west-1:${OTHER}:key/k` },
    ],
    [
      'and a foreign ARN in what it writes',
      { TableName: OWN, Item: { TableName: { S: FOREIGN }, [FOREIGN]: { N: '1' } } },
    ],
    [
      'and a foreign ARN in a batch of writes',
      { RequestItems: { Users: [{ PutRequest: { Item: { a: { S: FOREIGN } } } }] } },
    ],
    ['and a foreign ARN as a key', { TableName: 'Users', Key: { id: { S: FOREIGN } } }],
    ['and foreign ARNs as keys', { RequestItems: { Users: { Keys: [{ id: { S: FOREIGN } }] } } }],
    [
      'and a foreign ARN as a value',
      { TableName: 'Users', ExpressionAttributeValues: { ':a': { S: FOREIGN } } },
    ],
    ['and a foreign ARN as a start', { TableName: 'Users', ExclusiveStartKey: { id: { S: FOREIGN } } }],
    ['and a foreign ARN as an alias', { TableName: 'Users', ExpressionAttributeNames: { '#a': FOREIGN } }],
    [
      'and a foreign ARN in legacy conditions',
      { TableName: 'Users', Expected: { a: { Value: { S: FOREIGN } } } },
    ],
    ['in a statement', statement(`SELECT * FROM "${OWN}"."ByPlace" WHERE id = 'a'`)],
    [
      'in a statement, and a foreign ARN as a text',
      statement(`INSERT INTO "Users" VALUE {'id': '${FOREIGN}'}`),
    ],
    [
      'in a statement, and a foreign ARN as a text after a word',
      statement(`SELECT * FROM "Users" WHERE id BETWEEN 'a' AND '${FOREIGN}'`),
    ],
    ['in a statement that is a text', statement(`'${FOREIGN}'`)],
    ['in the longest statement that is understood', longStatement(8_192)],
    [
      'in a statement, and a foreign ARN as a parameter',
      { ...statement('SELECT * FROM "Users" WHERE id = ?'), Parameters: [{ S: FOREIGN }] },
    ],
    ['and markup with escapes', { TableName: 'Users', Item: { a: { S: '<b>' } } }],
    ['where a name is none', { TableName: 'a b', RequestItems: { [OWN]: {} } }],
    ['in no JSON, for DynamoDB to refuse', '{"TableName":"Users"'],
    [
      'in no JSON with any characters but ASCII',
      '{"TableName":"\u0080 \u07ff \u0800 \uffff \u{10000} \u{10ffff}"',
    ],
    [
      'in no JSON with escapes of any characters but ASCII',
      '{"TableName":"\\u001f\\u0080\\u0130\\u1030\\n0041"',
    ],
    ['in no JSON with an ARN of another service', '{"TableName":"arn:aws:dynamodc:x"'],
    [
      'in an empty list and an empty map',
      `{"Other":[],"More":{ },"TableName":"${OWN}","N":[ -1.5e3 , true,null]}`,
    ],
    ['in nothing', ''],
  ])('%s', (_, request) => {
    expect(verdict(request)).toBe(false);
    if (typeof request === 'object' && !(request instanceof Uint8Array)) {
      expect(verdict(JSON.stringify(request).replaceAll('<', '\\u003c').replaceAll('/', '\\/'))).toBe(false);
    }
  });
});

it.each([
  'AttributeUpdates',
  'ExclusiveStartKey',
  'Expected',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'Item',
  'Key',
  'KeyConditions',
  'Keys',
  'Parameters',
  'Policy',
  'QueryFilter',
  'ResourcePolicy',
  'ScanFilter',
  'TagKeys',
  'Tags',
])('%s contains data, which names no table', (member) => {
  expect(verdict({ TableName: 'Users', [member]: { a: [{ S: FOREIGN }] } })).toBe(false);
  expect(verdict({ TableName: 'Users', [`${member}s2`]: { a: [{ S: FOREIGN }] } })).toBe(true);
});

describe('the way in which a request is written', () => {
  const spelled = (text: string): fc.Arbitrary<string> =>
    fc
      .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
      .map((choices) =>
        [...text].map((each, index) => (choices[index] ? escaped(each, /./g) : each)).join(''),
      );

  it('never hides the account of an ARN, whatever is escaped', () => {
    fc.assert(
      fc.property(spelled(FOREIGN), spelled(OWN), spelled('TableName'), (foreign, own, member) => {
        expect(verdict(`{"${member}":"${foreign}"}`)).toBe(true);
        expect(verdict(`{"${member}":"${own}"}`)).toBe(false);
        expect(verdict(`{"RequestItems":{"${own}":{},"${foreign}":{}}}`)).toBe(true);
      }),
    );
  });

  it('does not matter in data, whatever JSON that is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
        const request = { Item: [value, FOREIGN, { [FOREIGN]: other }], TableName: OWN };
        expect(verdict(request)).toBe(false);
        expect(verdict({ ...request, After: [FOREIGN] })).toBe(true);
      }),
    );
  });
});
