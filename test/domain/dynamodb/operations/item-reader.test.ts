import { describe, expect, it } from '@jest/globals';
import { PLAIN, TYPED } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { TableSpec } from '../../../../src/domain/dynamodb/model/table-spec.ts';
import { ItemJsonReader } from '../../../../src/domain/dynamodb/operations/item-reader.ts';
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
