import { describe, expect, it } from '@jest/globals';
import { rawTables } from '../../../../src/domain/dynamodb/json/raw-answer.ts';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import {
  asksForAll,
  batchGetRequest,
  mergedAnswer,
  type ParsedBatchGet,
  remainderRequest,
  unprojectedRequest,
} from '../../../../src/domain/dynamodb/operations/batch-get.ts';
import type { JsonObject } from '../../../../src/domain/json/json-object.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const id = { name: 'id', type: 'S' } as const;
const tables = new ConfiguredTables(
  [
    tableSpec({ name: 'Things', hashKey: id }),
    tableSpec({ name: 'Partial', hashKey: id, fields: ['price'] }),
    tableSpec({ name: 'Numbers', hashKey: { name: 'n', type: 'N' } }),
  ],
  'eu-west-1',
);
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Things';

const keys = (...ids: readonly string[]) => ids.map((each) => ({ id: { S: each } }));
const of = (items: JsonObject, more: JsonObject = {}) =>
  batchGetRequest({ RequestItems: items, ...more }, tables, { region: 'eu-west-1', account: '123456789012' });
const question = (items: JsonObject, more: JsonObject = {}) => {
  const asked = of(items, more);
  if (asked === undefined) throw new Error('not a question for memory');
  return asked;
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe('a BatchGetItem', () => {
  it('asks memory for keys of configured tables, and leaves the rest to DynamoDB', () => {
    const { parts, capacity } = question(
      {
        Things: { Keys: keys('a', 'b') },
        Others: { Keys: [{ h: { N: '1' } }] },
        Partial: { Keys: keys('a'), ProjectionExpression: 'price', ConsistentRead: false },
        Numbers: { Keys: [{ n: { N: '1.0' } }], ConsistentRead: true },
      },
      { ReturnConsumedCapacity: 'TOTAL' },
    );

    expect(capacity).toBe('TOTAL');
    expect(parts.map(({ question: asked }) => asked?.keys.map((key) => key.id))).toEqual([
      ['a', 'b'],
      undefined,
      ['a'],
      undefined,
    ]);
  });

  it.each<readonly [string, JsonObject]>([
    ['of one table', { Things: { Keys: keys('a'), AttributesToGet: ['x'] } }],
    [
      'of a table that is not configured, too',
      {
        Things: { Keys: keys('a'), AttributesToGet: ['x'] },
        Others: { Keys: keys('a'), AttributesToGet: ['x'] },
      },
    ],
    ['of a table with fields', { Partial: { Keys: keys('a'), AttributesToGet: ['price'] } }],
    [
      'of a table with fields only',
      { Partial: { Keys: keys('a'), AttributesToGet: ['price'] }, Others: { Keys: keys('a') } },
    ],
    [
      'of a table with fields and of another table that the cache may answer',
      {
        Partial: { Keys: keys('a'), AttributesToGet: ['price'] },
        Things: { Keys: keys('a'), AttributesToGet: ['x'] },
      },
    ],
  ])('may have legacy parameters %s', (_, items) => {
    expect(question(items).parts).toHaveLength(Object.keys(items).length);
  });

  it('may have a hundred keys', () => {
    const hundred = keys(...Array.from({ length: 100 }, (_, n) => `${n}`));

    expect(question({ Things: { Keys: hundred } }).parts[0]?.keys).toHaveLength(100);
    expect(of({ Things: { Keys: hundred }, Others: { Keys: keys('a') } })).toBeUndefined();
  });

  it.each([
    ['what nobody keeps', { Others: { Keys: keys('a') } }, {}],
    ['a table twice, by its ARN too', { Things: { Keys: keys('a') }, [ARN]: { Keys: keys('b') } }, {}],
    ['an ARN that is not configured', { Things: { Keys: keys('a') }, [`${ARN}2`]: { Keys: keys('b') } }, {}],
    ['a table with a space before its name', { Things: { Keys: keys('a') }, ' b': { Keys: keys('b') } }, {}],
    ['a table with a space after its name', { Things: { Keys: keys('a') }, 'b ': { Keys: keys('b') } }, {}],
    ['a key twice', { Things: { Keys: keys('a', 'a') } }, {}],
    [
      'a key twice in two notations',
      { Things: { Keys: keys('a') }, Numbers: { Keys: [{ n: { N: '1' } }, { n: { N: '1.0' } }] } },
      {},
    ],
    [
      'more keys than may be',
      { Things: { Keys: keys(...Array.from({ length: 101 }, (_, n) => `${n}`)) } },
      {},
    ],
    ['no keys', { Things: { Keys: [] } }, {}],
    ['no keys of another table', { Things: { Keys: keys('a') }, Others: { Keys: [] } }, {}],
    ['keys of no shape', { Things: { Keys: keys('a') }, Others: { Keys: [{ h: { N: 1 } }] } }, {}],
    [
      'keys of which one has no shape',
      { Things: { Keys: keys('a') }, Others: { Keys: [{ h: { N: '1' } }, { h: 1 }] } },
      {},
    ],
    [
      'keys of which a part has no shape',
      { Things: { Keys: keys('a') }, Others: { Keys: [{ h: { N: '1' }, s: { N: 1 } }] } },
      {},
    ],
    ['a wrong key', { Things: { Keys: [...keys('a'), { ID: { S: 'b' } }] } }, {}],
    ['something unknown', { Things: { Keys: keys('a'), Lock: true } }, {}],
    ['something unknown of all', { Things: { Keys: keys('a') } }, { Lock: true }],
    ['an unknown report', { Things: { Keys: keys('a') } }, { ReturnConsumedCapacity: 'ALL' }],
    [
      'an odd consistency',
      { Things: { Keys: keys('a') }, Others: { Keys: keys('a'), ConsistentRead: 1 } },
      {},
    ],
    ['a path and nothing else', { Things: { Keys: keys('a'), ProjectionExpression: 'a.b' } }, {}],
    ['all of what is kept in part', { Partial: { Keys: keys('a') } }, {}],
    [
      'an expression of one table and a legacy parameter of another',
      {
        Things: { Keys: keys('a'), ProjectionExpression: 'x' },
        Numbers: { Keys: [{ n: { N: '1' } }], AttributesToGet: ['x'] },
      },
      {},
    ],
    [
      'the same, in a table that is not configured',
      {
        Things: { Keys: keys('a'), AttributesToGet: ['x'] },
        Others: { Keys: keys('a'), ProjectionExpression: 'x' },
      },
      {},
    ],
    [
      'a legacy parameter and names of an expression that is not there',
      {
        Things: { Keys: keys('a'), AttributesToGet: ['x'] },
        Numbers: { Keys: [{ n: { N: '1' } }], ExpressionAttributeNames: { '#x': 'x' } },
      },
      {},
    ],
    [
      'a legacy parameter that is null beside an expression',
      {
        Things: { Keys: keys('a'), ProjectionExpression: 'x' },
        Others: { Keys: keys('a'), AttributesToGet: null },
      },
      {},
    ],
    [
      // What memory lacks of Partial would be asked for by an expression.
      'a legacy parameter of a table that stays as it is, beside a table with fields',
      {
        Partial: { Keys: keys('a'), AttributesToGet: ['price'] },
        Others: { Keys: keys('a'), AttributesToGet: ['x'] },
      },
      {},
    ],
  ])('is for DynamoDB to answer if it asks for %s', (_, items, more) => {
    expect(of(items, more)).toBeUndefined();
  });
});

describe('a BatchGetItem that names a table by ARN', () => {
  const theirs = {
    ...tableSpec({ name: 'theirs', hashKey: id }),
    arn: ARN.replace('123456789012', '111122223333'),
    table: 'Things',
    account: '111122223333',
    region: 'eu-west-1',
  };
  const ours = { ...theirs, name: 'ours', arn: ARN, account: '123456789012' };
  const withArns = new ConfiguredTables(
    [tableSpec({ name: 'Things', hashKey: id }), theirs, ours],
    'eu-west-1',
  );
  const partsOf = (...names: readonly string[]) => {
    const items = Object.fromEntries(names.map((name, index) => [name, { Keys: keys(`${index}`) }]));
    return batchGetRequest({ RequestItems: items }, withArns, {
      region: 'eu-west-1',
      account: '123456789012',
    })?.parts.map(({ question: asked }) => asked?.table.spec.name);
  };

  it('is for DynamoDB to answer if it names the same table by its name, too', () => {
    expect(partsOf('Things', ours.arn)).toBeUndefined();
    expect(partsOf(ours.arn)).toHaveLength(1);
  });

  it('may name a table of the same name in another account', () => {
    expect(partsOf('Things', theirs.arn)).toEqual(['Things', 'theirs']);
  });

  it('may name tables that are not configured', () => {
    expect(partsOf('Things', 'Others', 'More')).toEqual(['Things', undefined, undefined]);
  });
});

describe('the remainder of a batch', () => {
  it('requests stored attributes of items that are not cached, and forwards other parts unchanged', () => {
    const asked = question(
      {
        Things: { Keys: keys('a', 'b', 'c'), ProjectionExpression: 'x' },
        Others: { Keys: keys('o'), ConsistentRead: true },
        Partial: { Keys: keys('p'), ProjectionExpression: 'price' },
        Numbers: { Keys: [{ n: { N: '01' } }] },
      },
      { ReturnConsumedCapacity: 'INDEXES' },
    );
    const missing = [[0, 2], [], [0], []];
    const remainders = asked.parts.map((part, index) => ({
      part,
      missing: missing[index] ?? [],
      isConsistent: index === 2,
    }));

    expect(JSON.parse(decoder.decode(remainderRequest(asked, remainders)))).toEqual({
      RequestItems: {
        Things: { Keys: keys('a', 'c') },
        Others: { Keys: keys('o'), ConsistentRead: true },
        Partial: {
          Keys: keys('p'),
          ConsistentRead: true,
          ProjectionExpression: '#0,#1',
          ExpressionAttributeNames: { '#0': 'price', '#1': 'id' },
        },
      },
      ReturnConsumedCapacity: 'INDEXES',
    });
  });

  it.each([
    ['all keys of a part that reads whole items', true, {}, [0, 1]],
    ['some keys of such a part', false, {}, [1]],
    ['no keys of such a part', false, {}, []],
    ['all keys of a part that reads some attributes', false, { ProjectionExpression: 'x' }, [0, 1]],
    ['some keys of a part that reads some attributes', false, { ProjectionExpression: 'x' }, [0]],
    ['a part that the cache may not answer', true, { ConsistentRead: true }, []],
  ])('with %s has the complete answer: %p', (_, expected, more, missing) => {
    const asked = question({
      Things: { Keys: keys('a', 'b'), ...more },
      Numbers: { Keys: [{ n: { N: '1' } }] },
    });
    const [part] = asked.parts;

    expect(part && asksForAll({ part, missing, isConsistent: false })).toBe(expected);
  });

  it('asks for no report that was not asked for', () => {
    const asked = question({ Things: { Keys: keys('a') } });
    const remainders = asked.parts.map((part) => ({ part, missing: [0], isConsistent: false }));

    expect(JSON.parse(decoder.decode(remainderRequest(asked, remainders)))).toEqual({
      RequestItems: { Things: { Keys: keys('a') } },
    });
  });
});

describe('the whole batch', () => {
  it('is requested unchanged, but consistent where the remainder is', () => {
    const items = {
      Things: { Keys: keys('a', 'b'), ProjectionExpression: 'x' },
      Others: { Keys: keys('o'), ConsistentRead: false },
      Partial: { Keys: keys('p'), ProjectionExpression: 'price' },
    };
    const asked = question(items, { ReturnConsumedCapacity: 'TOTAL' });
    const remainders = asked.parts.map((part, index) => ({ part, missing: [0], isConsistent: index === 2 }));

    expect(JSON.parse(decoder.decode(unprojectedRequest(asked, remainders)))).toEqual({
      RequestItems: { ...items, Partial: { ...items.Partial, ConsistentRead: true } },
      ReturnConsumedCapacity: 'TOTAL',
    });
  });
});

describe('the answer to a batch', () => {
  const item = (text: string) => `{"id":{"S":"${text}"},"x":{"N":"1.0"}}`;
  const merged = (
    asked: ParsedBatchGet,
    remembered: ReadonlyMap<string, readonly string[]>,
    bytes?: Uint8Array,
  ) => {
    const items = [...remembered].map(
      ([table, jsons]) => [table, jsons.map((json) => encoder.encode(json))] as const,
    );
    const merging = mergedAnswer(asked, new Map(items), bytes && { bytes, tables: rawTables(bytes) });
    let step = merging.next();
    while (step.done !== true) step = merging.next();
    return decoder.decode(step.value);
  };

  it('has an array for each table and always a map of unprocessed keys', () => {
    const asked = question({ Things: { Keys: keys('a') }, Numbers: { Keys: [{ n: { N: '1' } }] } });

    expect(merged(asked, new Map([['Things', [item('a')]]]))).toBe(
      `{"Responses":{"Things":[${item('a')}],"Numbers":[]},"UnprocessedKeys":{}}`,
    );
  });

  it('merges cached items with the answer of DynamoDB, each with the requested attributes', () => {
    const asked = question({
      Things: { Keys: keys('a', 'b'), ProjectionExpression: 'x' },
      Others: { Keys: keys('o') },
    });
    const answer = `{"UnprocessedKeys":{},"Responses":{"Others":[{"o" : {"N":"1E2"}}],"Things":[${item('b')}]}}`;

    expect(merged(asked, new Map([['Things', [item('a')]]]), encoder.encode(answer))).toBe(
      '{"Responses":{"Things":[{"x":{"N":"1.0"}},{"x":{"N":"1.0"}}],"Others":[{"o" : {"N":"1E2"}}]},"UnprocessedKeys":{}}',
    );
  });

  it('passes on keys that were not got to, in the words of the client', () => {
    const asked = question({
      Things: { Keys: keys('a', 'b'), ProjectionExpression: '#x', ExpressionAttributeNames: { '#x': 'x' } },
      Others: { Keys: keys('o') },
    });
    const unprocessed =
      '{"Others":{"Keys":[{"id":{"S":"o"}}], "Odd":1},"Things":{"ConsistentRead":true,"Keys":[{"id":{"S":"b"}}]}}';
    const answer = `{"Responses":{},"UnprocessedKeys":${unprocessed},"Later":[1.0]}`;

    expect(merged(asked, new Map(), encoder.encode(answer))).toBe(
      '{"Responses":{"Things":[],"Others":[]},"UnprocessedKeys":{"Others":{"Keys":[{"id":{"S":"o"}}], "Odd":1},' +
        '"Things":{"Keys":[{"id":{"S":"b"}}],"ProjectionExpression":"#x","ExpressionAttributeNames":{"#x":"x"}}},"Later":[1.0]}',
    );
  });

  it('reports the capacity of DynamoDB, and zero for tables answered from the cache', () => {
    const asked = question(
      { Things: { Keys: keys('a') }, Others: { Keys: keys('o') } },
      { ReturnConsumedCapacity: 'TOTAL' },
    );
    const answer =
      '{"Responses":{},"UnprocessedKeys":{},"ConsumedCapacity":[{"TableName":"Others","CapacityUnits":0.50}]}';

    expect(merged(asked, new Map(), encoder.encode(answer))).toBe(
      '{"Responses":{"Things":[],"Others":[]},"UnprocessedKeys":{},"ConsumedCapacity":' +
        '[{"TableName":"Others","CapacityUnits":0.50},{"CapacityUnits":0,"TableName":"Things"}]}',
    );
  });

  it('reports zero capacity for a batch answered from the cache', () => {
    const asked = question({ Things: { Keys: keys('a') } }, { ReturnConsumedCapacity: 'TOTAL' });

    expect(merged(asked, new Map())).toBe(
      '{"Responses":{"Things":[]},"UnprocessedKeys":{},"ConsumedCapacity":[{"CapacityUnits":0,"TableName":"Things"}]}',
    );
  });

  it('has every unprocessed key that DynamoDB sent', () => {
    const asked = question({ Things: { Keys: keys('a', 'b', 'c') } });
    const unprocessed = (...ids: readonly string[]) => `{"Things":{"Keys":${JSON.stringify(keys(...ids))}}}`;

    const answer = `{"Responses":{"Things":[]},"UnprocessedKeys":${unprocessed('a', 'c')}}`;
    expect(merged(asked, new Map(), encoder.encode(answer))).toBe(answer);
  });

  it('throws if the answer of DynamoDB is invalid', () => {
    const asked = question({ Things: { Keys: keys('a') } });

    for (const answer of ['', '{}', '{"Responses":[]}', '{"Responses":{},"UnprocessedKeys":{"Things":{}}}'])
      expect(() => merged(asked, new Map(), encoder.encode(answer))).toThrow('cannot be read');
  });
});
