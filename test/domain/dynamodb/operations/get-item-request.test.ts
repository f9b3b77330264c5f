import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { getItemRequest } from '../../../../src/domain/dynamodb/operations/get-item.ts';
import type { JsonObject } from '../../../../src/domain/json/json-object.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const things = tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } });
const pairs = tableSpec({
  name: 'pairs-here',
  table: 'Pairs',
  hashKey: { name: 'h', type: 'N' },
  sortKey: { name: 's', type: 'B' },
  region: 'us-east-1',
});
const partial = tableSpec({ name: 'Partial', hashKey: { name: 'id', type: 'S' }, fields: ['id', 'price'] });
const tables = new ConfiguredTables([things, pairs, partial], 'eu-west-1');
const EUROPE = { region: 'eu-west-1', account: '123456789012' };
const AMERICA = { region: 'us-east-1' };
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Things';

const PLAIN_REQUEST = { TableName: 'Things', Key: { id: { S: 'a' } } };
const of = (request: JsonObject, place: { region: string; account?: string } = EUROPE) =>
  getItemRequest({ ...PLAIN_REQUEST, ...request }, tables, place);

describe('a GetItem', () => {
  it('asks for an item of a configured table', () => {
    expect(of({})).toMatchObject({
      tableName: 'Things',
      key: new KeyCodec(things).fromText('a'),
      wanted: 'everything',
      capacity: 'NONE',
    });
  });

  it.each([
    [{ ConsistentRead: false }],
    [{ ReturnConsumedCapacity: 'NONE' }],
    [{ TableName: ARN }],
    [{ TableName: ARN, ReturnConsumedCapacity: 'TOTAL' }],
    [{ AttributesToGet: ['x'] }],
  ])('asks for the same entry with %j', (more) => {
    expect(of(more)?.key.text).toBe(of({})?.key.text);
  });

  it('names one entry, however its key is written', () => {
    const texts = ['1', '1.0', '01', '1e0', '+1', '10E-1'].map(
      (N) => of({ TableName: 'Pairs', Key: { s: { B: 'AA==' }, h: { N } } }, AMERICA)?.key.text,
    );

    expect(new Set(texts)).toEqual(new Set([new KeyCodec(pairs).fromText('1', 'AA').text]));
  });

  it.each([
    ['another region', {}, AMERICA],
    [
      'the region of a table elsewhere',
      { TableName: 'Pairs', Key: { h: { N: '1' }, s: { B: 'AA==' } } },
      EUROPE,
    ],
    ['another account', { TableName: ARN.replace('9012', '9013') }, EUROPE],
    ['an account where ours is unknown', { TableName: ARN }, { region: 'eu-west-1' }],
    ['another region by ARN', { TableName: ARN.replace('west', 'east') }, EUROPE],
    ['an index', { TableName: `${ARN}/index/x` }, EUROPE],
    ['a table that is not configured', { TableName: 'Others' }, EUROPE],
    ['a table in another letter case', { TableName: 'things' }, EUROPE],
    ['a table without a name', { TableName: null }, EUROPE],
    ['a consistent answer', { ConsistentRead: true }, EUROPE],
    ['who knows what answer', { ConsistentRead: 'false' }, EUROPE],
    ['no answer in particular', { ConsistentRead: null }, EUROPE],
    ['an unknown report', { ReturnConsumedCapacity: 'ALL' }, EUROPE],
    ['a path', { ProjectionExpression: 'a.b' }, EUROPE],
    ['something that nobody knows yet', { ReturnLock: true }, EUROPE],
    ['all of what is kept in part', { TableName: 'Partial' }, EUROPE],
    ['more than is kept', { TableName: 'Partial', ProjectionExpression: 'id,weight' }, EUROPE],
    ['no key', { Key: {} }, EUROPE],
    ['a surplus attribute', { Key: { id: { S: 'a' }, x: { S: 'b' } } }, EUROPE],
    ['another attribute', { Key: { ID: { S: 'a' } } }, EUROPE],
    ['another type', { Key: { id: { N: '1' } } }, EUROPE],
    ['no value', { Key: { id: {} } }, EUROPE],
    ['a value that is no object', { Key: { id: 'a' } }, EUROPE],
    ['a value that is nothing', { Key: { id: null } }, EUROPE],
    ['a type that is none of a key', { Key: { id: { BOOL: 'a' } } }, EUROPE],
    ['a key that is a list', { Key: [{ S: 'a' }] }, EUROPE],
    ['a number for binary', { TableName: 'Pairs', Key: { h: { N: '1' }, s: { N: '1' } } }, AMERICA],
    ['what is no base64', { TableName: 'Pairs', Key: { h: { N: '1' }, s: { B: '*' } } }, AMERICA],
    ['two types', { Key: { id: { S: 'a', N: '1' } } }, EUROPE],
    ['an empty value', { Key: { id: { S: '' } } }, EUROPE],
    ['a number in place of text', { Key: { id: { S: 1 } } }, EUROPE],
    ['half a character', { Key: { id: { S: '\ud800' } } }, EUROPE],
    ['too long a value', { Key: { id: { S: 'x'.repeat(2_049) } } }, EUROPE],
    ['base64 for URLs', { TableName: 'Pairs', Key: { h: { N: '1' }, s: { B: '_w==' } } }, AMERICA],
    ['base64 without padding', { TableName: 'Pairs', Key: { h: { N: '1' }, s: { B: 'AA' } } }, AMERICA],
    ['base64 with stray bits', { TableName: 'Pairs', Key: { h: { N: '1' }, s: { B: 'AB==' } } }, AMERICA],
    ['39 digits', { TableName: 'Pairs', Key: { h: { N: '1'.repeat(39) }, s: { B: 'AA==' } } }, AMERICA],
  ])('is for DynamoDB to answer if it asks for %s', (_, request, place) => {
    expect(of(request, place)).toBeUndefined();
  });

  it.each([['id'], ['price'], ['price,id']])(
    'may be answered if all requested attributes are stored: %s',
    (expression) => {
      expect(of({ TableName: 'Partial', ProjectionExpression: expression })?.wanted).toEqual(
        expression.split(','),
      );
    },
  );

  it('is forwarded to DynamoDB if it has an unknown member', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (name, value) => {
        fc.pre(!/^(TableName|Key|ConsistentRead|ReturnConsumedCapacity|AttributesToGet)$/.test(name));
        fc.pre(!/^(ProjectionExpression|ExpressionAttributeNames)$/.test(name));

        expect(of(Object.fromEntries([[name, value]]))).toBeUndefined();
      }),
    );
  });
});
