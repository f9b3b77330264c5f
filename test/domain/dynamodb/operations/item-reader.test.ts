import { describe, expect, it } from '@jest/globals';
import { PLAIN, TYPED } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import type { TableSpec } from '../../../../src/domain/dynamodb/model/table-spec.ts';
import { ItemJsonReader, SingleItemReader } from '../../../../src/domain/dynamodb/operations/item-reader.ts';
import { JsonBytes } from '../../../../src/domain/json/json-bytes.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const hashKey = { name: 'id', type: 'S' } as const;
const things = tableSpec({ name: 'Things', hashKey });
const sorted = tableSpec({ name: 'Sorted', hashKey, sortKey: { name: 'n', type: 'N' } });

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The id of the item's key, and its bodies. */
const read = (
  item: string,
  spec: TableSpec = things,
  contentTypes: readonly string[] = [PLAIN],
  reader = new ItemJsonReader(spec),
): readonly string[] => {
  const { key, bodies } = reader.read(new JsonBytes(bytes(item), 0), contentTypes);
  return [key.id, ...bodies.map((body) => new TextDecoder().decode(body.bytes))];
};

describe('ItemReader', () => {
  it('reads one item after the other, each with its key and the bodies that are wanted', () => {
    const from = new JsonBytes(bytes('[{"n":{"N":"1"},"id":{"S":"a"}},{}]'), 1);
    const { key, bodies } = new ItemJsonReader(things).read(from, [TYPED, PLAIN]);

    expect([key.group, key.id, from.at]).toEqual(['Things', 'a', 31]);
    expect(bodies).toEqual([
      { contentType: TYPED, bytes: bytes('{"n":{"N":"1"},"id":{"S":"a"}}') },
      { contentType: PLAIN, bytes: bytes('{"id":"a","n":1}') },
    ]);
  });

  it.each([
    ['{"id":{"S":"a"}}', 'a'],
    ['{"id":{"S":"\\u0061\\"\\\\"}}', 'a"\\'],
    ['{"id":{"S":"\u00e9\u{1f600}"}}', '\u00e9\u{1f600}'],
    ['{"id":{"S":"\ufeffa"}}', '\ufeffa'],
    ['{"m":{"M":{"id":{"S":"b"}}},"id":{"S":"a"},"ide":{"S":"c"}}', 'a'],
  ])('knows the key in %s', (item, id) => {
    expect(read(item)[0]).toBe(id);
  });

  it.each(['{"id":{"S":"a"},"n":{"N":"1.50"}}', '{"n":{"N":"1.5"},"id":{"S":"a"}}'])(
    'knows both parts of the key in %s',
    (item) => {
      expect(read(item, sorted)[0]).toBe('a\u00001.5');
    },
  );

  it.each(['{}', '{"n":{"N":"1"}}', '{"id":{"N":"1"}}', '{"m":{"M":{"id":{"S":"a"}}}}'])(
    'rejects an item without its key: %s',
    (item) => {
      expect(() => read(item)).toThrow(SyntaxError);
    },
  );

  it('does not reuse key values of the previous item', () => {
    const reader = new ItemJsonReader(sorted);
    read('{"id":{"S":"a"},"n":{"N":"1"}}', sorted, [PLAIN], reader);

    expect(() => read('{"n":{"N":"1"}}', sorted, [PLAIN], reader)).toThrow(SyntaxError);
    expect(() => read('{"id":{"S":"a"}}', sorted, [PLAIN], reader)).toThrow('sort key');
  });

  it('leaves out of the plain form the parts of the key that are not to be kept', () => {
    const item = '{"n":{"N":"1"},"id":{"S":"a"},"a":{"S":"b"}}';

    expect(read(item, { ...sorted, fields: ['a'] })).toEqual(['a\u00001', '{"a":"b"}']);
    expect(read(item, { ...sorted, fields: ['n'] })).toEqual(['a\u00001', '{"a":"b","n":1}']);
    expect(read(item, sorted)).toEqual(['a\u00001', '{"a":"b","id":"a","n":1}']);
  });

  it('makes plain JSON of every table, and typed JSON only of whole items', () => {
    const canMake = (spec: TableSpec, ...contentTypes: readonly string[]) =>
      new ItemJsonReader(spec).canMake(contentTypes);

    for (const spec of [things, { ...things, fields: ['id', 'a'] }]) {
      expect(canMake(spec, PLAIN, TYPED)).toBe(true);
      expect(canMake(spec, 'text/html')).toBe(false);
      expect(canMake(spec, PLAIN, 'text/html')).toBe(false);
    }
    expect(canMake({ ...things, fields: ['a'] }, PLAIN)).toBe(true);
    expect(canMake({ ...things, fields: ['a'] }, TYPED)).toBe(false);
    expect(canMake({ ...things, fields: ['a'] }, PLAIN, TYPED)).toBe(false);
  });

  it.each([
    '{"id":{"S":"a"},"n":{"N":"1"},"id":{"S":"b"}}',
    '{"id":{"S":"a"},"n":{"N":"1"},"id":{"N":"2"}}',
    '{"n":{"N":"1"},"id":{"S":"a"},"n":{"S":"b"}}',
  ])('rejects an item with a repeated key attribute: %s', (item) => {
    for (const spec of [sorted, { ...sorted, fields: ['a'] }]) {
      expect(() => read(item, spec)).toThrow(SyntaxError);
    }
  });
});

describe('SingleItemReader', () => {
  const a = new KeyCodec(things).fromText('a');
  const readAnswer = (
    answer: string,
    key = a,
    spec: TableSpec = things,
    contentTypes: readonly string[] = [TYPED, PLAIN],
  ) =>
    new SingleItemReader(spec)
      .read(bytes(answer), key, contentTypes)
      ?.map((body) => new TextDecoder().decode(body.bytes));

  it('reads the item of an answer', () => {
    expect(readAnswer('{"Item":{"n":{"N":"1"},"id":{"S":"a"}}}')).toEqual([
      '{"n":{"N":"1"},"id":{"S":"a"}}',
      '{"id":"a","n":1}',
    ]);
  });

  it.each([
    ['no item', '{}'],
    ['an item with another key', '{"Item":{"id":{"S":"b"}}}'],
    ['an item without a key', '{"Item":{"n":{"N":"1"}}}'],
    ['white space', '{"Item": {"id":{"S":"a"}}}'],
    ['white space after it', '{"Item":{"id":{"S":"a"}}} '],
    ['a second value', '{"Item":{"id":{"S":"a"}}}{}'],
    ['another member before the item', '{"Other":1,"Item":{"id":{"S":"a"}}}'],
    ['another member after the item', '{"Item":{"id":{"S":"a"}},"ConsumedCapacity":{}}'],
    ['an end that is missing', '{"Item":{"id":{"S":"a"}}'],
    ['another member in its place', '{"Iten":{"id":{"S":"a"}}}'],
    ['no JSON', ''],
  ])('leaves an answer with %s to the complete parser', (_, answer) => {
    expect(readAnswer(answer)).toBeUndefined();
  });

  it('leaves content types that it does not support to the complete parser', () => {
    const answer = '{"Item":{"id":{"S":"a"},"x":{"S":"y"}}}';

    expect(readAnswer(answer, a, { ...things, fields: ['x'] }, [PLAIN])).toEqual(['{"x":"y"}']);
    expect(readAnswer(answer, a, { ...things, fields: ['x'] }, [TYPED])).toBeUndefined();
    expect(readAnswer(answer, a, things, ['text/html'])).toBeUndefined();
  });
});
