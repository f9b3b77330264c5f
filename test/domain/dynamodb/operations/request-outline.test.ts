import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { NameSet } from '../../../../src/domain/dynamodb/model/projection.ts';
import { outlineOf } from '../../../../src/domain/dynamodb/operations/request-outline.ts';
import { writeSetOf } from '../../../../src/domain/dynamodb/operations/write-set.ts';
import { isReadableBody } from '../../../../src/domain/json/json-object.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';
import { spelled, spellingChoices } from '../../../support/json-spelling.ts';
import { IS_THOROUGH } from '../../../support/thorough.ts';

const tables = new ConfiguredTables(
  [
    tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } }),
    tableSpec({ name: 'Pairs', hashKey: { name: 'h', type: 'N' }, sortKey: { name: 's', type: 'S' } }),
  ],
  'eu-west-1',
);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const outlined = (body: Uint8Array): { readonly outline: Uint8Array; readonly slices: number } => {
  const steps = outlineOf(body, new NameSet(['id', 'h', 's']));
  for (let slices = 1; ; slices += 1) {
    const { done, value } = steps.next();
    if (done === true) return { outline: value, slices };
  }
};
const outlineText = (text: string): string => new TextDecoder().decode(outlined(bytesOf(text)).outline);

const id = fc.constantFrom('1', '2', '');
const attributes = fc.dictionary(
  fc.constantFrom('id', 'h', 's', 'x', 'M', 'TableName'),
  fc.oneof(
    id.map((text) => ({ S: text })),
    id.map((text) => ({ N: text })),
    fc.jsonValue(),
  ),
);
const table = fc.constantFrom('Things', 'Pairs', 'Others', 'a b');
const strange = <T>(ordinary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: ordinary as fc.Arbitrary<unknown> }, fc.jsonValue());
const action = fc
  .tuple(
    fc.constantFrom('Put', 'Update', 'Delete', 'ConditionCheck', 'PutRequest', 'DeleteRequest'),
    strange(
      fc.record(
        { TableName: strange(table), Item: strange(attributes), Key: strange(attributes) },
        {
          requiredKeys: [],
        },
      ),
    ),
  )
  .map(([kind, part]) => ({ [kind]: part }));
const request = fc.record(
  {
    TableName: strange(table),
    Item: strange(attributes),
    Key: strange(attributes),
    RequestItems: strange(fc.dictionary(table, strange(fc.array(strange(action), { maxLength: 3 })))),
    TransactItems: strange(fc.array(strange(action), { maxLength: 3 })),
    ExpressionAttributeValues: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems', 'DeleteTable'];

describe('the outline of a request', () => {
  it('says of every write what the whole request says, in any spelling', () => {
    fc.assert(
      fc.property(request, spellingChoices, fc.constantFrom(...WRITES), (said, choices, operation) => {
        const body = bytesOf(spelled(said, choices));
        expect(writeSetOf(operation, outlined(body).outline, tables)).toEqual(
          writeSetOf(operation, body, tables),
        );
      }),
      { numRuns: IS_THOROUGH ? 5_000 : 300 },
    );
  });

  it.each([
    [
      '{"TableName":"Things","Item":{"x":{"M":{"id":{"S":"2"}}},"id":{"S":"1"}},"ReturnValues":"NONE"}',
      '{"TableName":"Things","Item":{"id":{"S":"1"}},"ReturnValues":"NONE"}',
    ],
    ['{"Key":{"\\u0069d":{"S":"1"}}}', '{"Key":{"\\u0069d":{"S":"1"}}}'],
    [' { "TableName" : "T" , "Item" : { } } ', '{"TableName" :"T","Item" :{}}'],
    ['{"Statements":[{"Statement":"S","Parameters":[{"S":"x"}]}]}', '{"Statements":[{"Statement":"S"}]}'],
    ['{"RequestItems":{"T":{"Keys":[{"id":{"S":"1"}}]}}}', '{"RequestItems":{"T":null}}'],
    [
      '{"TransactItems":[{"Get":{"TableName":"T","Key":{"id":{"S":"1"}}}}]}',
      '{"TransactItems":[{"Get":{"TableName":"T","Key":{"id":{"S":"1"}}}}]}',
    ],
    [
      '{"TransactItems":[{"Put":{"TableName":"T","Item":{"id":{"S":"1"},"x":{"S":"2"}}}}]}',
      '{"TransactItems":[{"Put":{"TableName":"T","Item":{"id":{"S":"1"}}}}]}',
    ],
    [
      '{"RequestItems":{"T":[{"PutRequest":{"Item":{"id":{"S":"1"},"x":{"S":"2"}}}}]}}',
      '{"RequestItems":{"T":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}]}}',
    ],
    [
      '{"TableName":1,"Key":"id","Item":[],"RequestItems":"T","TransactItems":{},"ReturnValues":{}}',
      '{"TableName":null,"Key":null,"Item":null,"RequestItems":null,"TransactItems":null,"ReturnValues":null}',
    ],
  ])('of %s is %s', (text, expected) => {
    expect(outlineText(text)).toBe(expected);
  });

  it.each([
    ['a table name', (length: number) => `{"TableName":"${'x'.repeat(length - 2)}"}`],
    ['a key value', (length: number) => `{"Key":{"id":"${'x'.repeat(length - '"id":""'.length)}"}}`],
  ])('keeps %s of 64 KiB, and is empty with a longer one', (_, requestOf) => {
    expect(outlineText(requestOf(65_536))).toBe(requestOf(65_536));
    expect(outlineText(requestOf(65_537))).toBe('');
  });

  it.each([
    ['no JSON', 'not JSON'],
    ['no object', '[1]'],
    ['a second value', '{}{}'],
    ['a byte of zero at the end', '{}\0'],
    ['an incomplete request', '{"Item":{"x":'],
    ['a number that is too long', `{"x":${'1'.repeat(2_000)}}`],
    ['a request in UTF-16', '\0{\0}'],
    ['a table name that is too long', `{"TableName":"${'x'.repeat(70_000)}"}`],
    ['a key value that is too long', `{"Key":{"id":{"S":"${'x'.repeat(70_000)}"}}}`],
    ['more writes than can be read', `{"TransactItems":[${'{"Put":{}},'.repeat(5_000)}{}]}`],
    ['a key that is nested too deeply', `{"Key":{"id":${'['.repeat(9_000)}${']'.repeat(9_000)}}}`],
  ])('is empty, so that nothing is known of the request, for %s', (_, text) => {
    const { outline } = outlined(bytesOf(text));
    expect(outline).toEqual(new Uint8Array(0));
    expect(writeSetOf('PutItem', outline, tables)).toBe('everything');
  });

  it.each([
    ['attributes', (many: string) => `{"Item":{${many}"id":{"S":"1"}}}`],
    ['members of an action', (many: string) => `{"TransactItems":[{"Put":{${many}"TableName":"T"}}]}`],
  ])('of a request with many %s is made in slices of many of them', (_, requestOf) => {
    const { outline, slices } = outlined(bytesOf(requestOf('"x":1,'.repeat(100_000))));

    expect(new TextDecoder().decode(outline)).toBe(requestOf(''));
    expect(slices).toBeGreaterThan(5);
    expect(slices).toBeLessThan(20);
  });

  it('keeps members that are named twice, so that readers see the repetition', () => {
    const text = '{"TableName":"Things","TableName":"Pairs","Item":{"id":{"S":"1"},"id":{"S":"2"}}}';
    expect(outlineText(text)).toBe(text);
    expect(writeSetOf('PutItem', bytesOf(outlineText(text)), tables)).toBe('everything');
  });

  const LARGE = 4 * 1_048_576;
  it.each([
    ['nested maps', `${'{"M":{"a":'.repeat(LARGE / 12)}{}${'}}'.repeat(LARGE / 12)}`],
    ['a long string', `"${'x'.repeat(LARGE)}"`],
    ['escapes', `"${'\\"'.repeat(LARGE / 2)}"`],
    ['many numbers', `[${'1,'.repeat(LARGE / 2)}1]`],
    ['many elements', `[${'{},'.repeat(LARGE / 3)}{}]`],
  ])('of a large request with %s is made in slices', (_, value) => {
    const item = `{"x":${value},"id":{"S":"1"},"y":${value}}`;
    const { outline, slices } = outlined(bytesOf(`{"Item":${item},"TableName":"Things"}`));
    expect(new TextDecoder().decode(outline)).toBe('{"Item":{"id":{"S":"1"}},"TableName":"Things"}');
    expect(slices).toBeGreaterThan(2);
  });
});

describe('a body', () => {
  it.each([
    ['a short one', '{'.repeat(8_192), true],
    ['a long string', `{"a":"${'{'.repeat(300_000)}"}`, true],
    ['a string with escaped quotes', `{"a":"${'\\"{'.repeat(100_000)}"}`, true],
    ['nested maps', '{"a":'.repeat(5_000), false],
    ['nested lists', '['.repeat(9_000), false],
    ['many elements', '1,'.repeat(5_000), false],
    ['more bytes than a request for 100 keys has', `"${'x'.repeat(600_000)}"`, false],
    ['an open string', `"${'x'.repeat(9_000)}`, true],
  ])('that is %s is readable: %p', (_, text, expected) => {
    expect(isReadableBody(bytesOf(text))).toBe(expected);
  });
});
