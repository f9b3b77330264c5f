import { describe, expect, it } from '@jest/globals';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import {
  composedAnswer,
  getItemRequest,
  projectedItem,
  getItemResponse,
} from '../../../../src/domain/dynamodb/operations/get-item.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const JSON_TEXT =
  '{"id":{"S":"a"}, "n" : {"N":"1.00000000000000000000000000000000000001"},"\\u0078":{"L":[{"N":"1E+3"}]}}';
const tables = new ConfiguredTables(
  [tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } })],
  'eu-west-1',
);
const encoder = new TextEncoder();

const questionWith = (more: object) => {
  const question = getItemRequest({ TableName: 'Things', Key: { id: { S: 'a' } }, ...more }, tables, {
    region: 'eu-west-1',
  });
  if (question === undefined) throw new Error('not a question for memory');
  return question;
};
const remembered = (more: object, json?: string) =>
  new TextDecoder().decode(
    getItemResponse(questionWith(more), json === undefined ? undefined : encoder.encode(json)),
  );

describe('an item from memory', () => {
  it('is the JSON that DynamoDB sent, byte for byte', () => {
    expect(remembered({}, JSON_TEXT)).toBe(`{"Item":${JSON_TEXT}}`);
  });

  it('is an empty answer if the item does not exist', () => {
    expect(remembered({})).toBe('{}');
    expect(remembered({ ProjectionExpression: 'n' })).toBe('{}');
  });

  it('contains the requested attributes in the order of the request, with all digits', () => {
    expect(remembered({ AttributesToGet: ['x', 'none', 'n'] }, JSON_TEXT)).toBe(
      '{"Item":{"\\u0078":{"L":[{"N":"1E+3"}]},"n" : {"N":"1.00000000000000000000000000000000000001"}}}',
    );
    expect(remembered({ AttributesToGet: ['none'] }, JSON_TEXT)).toBe('{"Item":{}}');
  });

  it('reports zero consumed capacity', () => {
    expect(remembered({ ReturnConsumedCapacity: 'TOTAL' }, JSON_TEXT)).toBe(
      `{"Item":${JSON_TEXT},"ConsumedCapacity":{"CapacityUnits":0,"TableName":"Things"}}`,
    );
    expect(remembered({ ReturnConsumedCapacity: 'INDEXES' })).toBe(
      '{"ConsumedCapacity":{"CapacityUnits":0,"TableName":"Things","Table":{"CapacityUnits":0}}}',
    );
  });
});

describe('an item put together', () => {
  it('has the capacity that DynamoDB reported', () => {
    expect(new TextDecoder().decode(composedAnswer(['id'], JSON_TEXT, '{"CapacityUnits":0.5}'))).toBe(
      '{"Item":{"id":{"S":"a"}},"ConsumedCapacity":{"CapacityUnits":0.5}}',
    );
  });

  it('has no member that is only named like one of every object', () => {
    expect(projectedItem('{"id":{"S":"a"}}', ['toString', '__proto__', 'id'])).toBe('{"id":{"S":"a"}}');
  });
});
