import { describe, expect, it } from '@jest/globals';
import { SourceUnavailableError } from '../../../../src/domain/cache/errors.ts';
import { rawBatch, rawItem, rawPage, rawTables } from '../../../../src/domain/dynamodb/json/raw-answer.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const ODD = '{ "b" : {"N":"1.50"},"a":{"S":"\\u00e9\\/ }]\\"" } }';

describe('the answer to a GetItem', () => {
  it('holds the item as it was written', () => {
    const item = rawItem(bytes(`\n{"ConsumedCapacity":{"Item":1}, "Item": ${ODD} }\n`));

    expect(item).toEqual({ json: ODD, attributes: { b: { N: '1.50' }, a: { S: 'é/ }]"' } } });
  });

  it.each(['{}', ' {"ConsumedCapacity":{"Item":{}}} '])('may hold none: %s', (text) => {
    expect(rawItem(bytes(text))).toBeUndefined();
  });

  it('holds the last of two items, as JSON.parse has it', () => {
    expect(rawItem(bytes('{"Item":{"a":{"S":"1"}},"Item":{"a":{"S":"2"}}}'))?.json).toBe('{"a":{"S":"2"}}');
  });

  it.each([
    '',
    ' ',
    'null',
    '[]',
    '[{"Item":{}}]',
    '"Item"',
    '{"Item":1}',
    '{"Item":[]}',
    '{"Item":{"a":{"S":"1"}}',
    '{"Item":{"a":}}',
    '{"Item":{}}{}',
    '{"__type":"com.amazon.coral.service#InternalFailure"}',
    '{"status":"ok"}',
    '{"Itm":{}}',
    '{"item":{"id":{"S":"1"}}}',
    '{"Items":[],"Count":0}',
    '{"ConsumedCapacity":{},"message":"gone"}',
    '{"Item":{}} x',
    '<html>',
  ])('cannot be read if it is %j', (text) => {
    expect(() => rawItem(bytes(text))).toThrow(SourceUnavailableError);
  });

  it('cannot be read if it is not UTF-8', () => {
    const broken = Uint8Array.of(...bytes('{"Item":{"a":{"S":"'), 0xff, ...bytes('"}}}'));

    expect(() => rawItem(broken)).toThrow(SourceUnavailableError);
  });
});

describe('the answer to a BatchGetItem', () => {
  it('holds items, and the keys of what was left over', () => {
    const text = `{"Responses":{"T":[${ODD},{"a":{"S":"2"}}]},"UnprocessedKeys":{"T":{"ConsistentRead":true,"Keys":[{"a":{"S":"3"}}]}}}`;
    const batch = rawBatch(bytes(text), 'T');

    expect(batch.items?.map(({ json }) => json)).toEqual([ODD, '{"a":{"S":"2"}}']);
    expect(batch.unprocessed).toEqual([{ a: { S: '3' } }]);
  });

  it.each([
    '{"Responses":{"T":[]},"UnprocessedKeys":{}}',
    '{"Responses":{"T":[]},"UnprocessedKeys":{"T":{"Keys":[]}}}',
  ])('may hold nothing: %s', (text) => {
    expect(rawBatch(bytes(text), 'T')).toStrictEqual({ items: [], unprocessed: [] });
  });

  it.each([
    '{}',
    '{"__type":"InternalFailure"}',
    '{"Responses":{},"UnprocessedKeys":{}}',
    '{"Responses":{"U":[]},"UnprocessedKeys":{}}',
    '{"Responses":{"T":[]}}',
    '{"UnprocessedKeys":{"T":{"Keys":[]}}}',
    '{"Responses":{"T":[]},"UnprocessedKeys":{"T":{}}}',
    '{"Responses":[],"UnprocessedKeys":{}}',
    '{"Responses":{"T":{}},"UnprocessedKeys":{}}',
    '{"Responses":{"T":[1]},"UnprocessedKeys":{}}',
    '{"UnprocessedKeys":{"T":[]}}',
  ])('cannot be read if it is %s', (text) => {
    expect(() => rawBatch(bytes(text), 'T')).toThrow(SourceUnavailableError);
  });
});

describe('the answer to a BatchGetItem, table by table', () => {
  const tablesIn = (text: string) =>
    [...rawTables(bytes(text))].map(([name, { items, unprocessed }]) => [
      name,
      items?.map(({ json }) => json),
      unprocessed.map(({ json }) => json),
    ]);

  it('holds the items of each table, and the keys that were not got to', () => {
    const text = `{"Responses":{"T":[${ODD}],"U":[]},"UnprocessedKeys":{"T":{"Keys":[{"a":{"S":"2"}}]},"V":{"Keys":[{"a":{"S":"3"}}]}}}`;

    expect(tablesIn(text)).toStrictEqual([
      ['T', [ODD], ['{"a":{"S":"2"}}']],
      ['U', [], []],
      ['V', undefined, ['{"a":{"S":"3"}}']],
    ]);
  });

  it.each([
    '{}',
    '{"Responses":{"T":[]}}',
    '{"Responses":[],"UnprocessedKeys":{}}',
    '{"Responses":{},"UnprocessedKeys":{"T":{}}}',
  ])('cannot be read if it is %s', (text) => {
    expect(() => rawTables(bytes(text))).toThrow(SourceUnavailableError);
  });
});

describe('the answer to a Scan', () => {
  it('holds items, and the key at which the page ended as it was written', () => {
    const page = rawPage(bytes(`{"Count":1,"Items":[${ODD}],"LastEvaluatedKey":{ "b":{"N":"1.50"} }}`));

    expect([...page.items].map(({ json }) => json)).toEqual([ODD]);
    expect(page.lastKey).toBe('{ "b":{"N":"1.50"} }');
  });

  it('has no such key on the last page', () => {
    expect('lastKey' in rawPage(bytes('{"Items":[],"Count":0}'))).toBe(false);
  });

  it('is read up to an item that cannot be', () => {
    const { items } = rawPage(bytes(`{"Items":[${ODD},null]}`));
    const read: string[] = [];

    expect(() => {
      for (const { json } of items) read.push(json);
    }).toThrow(SourceUnavailableError);
    expect(read).toEqual([ODD]);
  });

  it.each(['{}', '{"Items":{}}', '{"Items":[{]}', '{"Items":[],"LastEvaluatedKey":1}'])(
    'cannot be read if it is %s',
    (text) => {
      expect(() => rawPage(bytes(text))).toThrow(SourceUnavailableError);
    },
  );
});
