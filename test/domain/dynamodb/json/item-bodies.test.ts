import { describe, expect, it } from '@jest/globals';
import { PLAIN, TYPED } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { itemBodies } from '../../../../src/domain/dynamodb/json/item-bodies.ts';
import { Projection } from '../../../../src/domain/dynamodb/model/projection.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const json = '{ "h":{"S":"\\u0061"}, "\\u0073" : {"N":"1.0"} ,"x":{"B":"AA=="}}';
const item = { json, attributes: JSON.parse(json) };

const texts = (surplus: readonly string[], contentTypes: readonly string[]): readonly string[] =>
  itemBodies(item, new Set(surplus), contentTypes).map(({ bytes }) => new TextDecoder().decode(bytes));

describe('the bodies of an item', () => {
  it('are made in the order in which they are wanted', () => {
    expect(texts([], [TYPED, PLAIN])).toEqual([json, '{"h":"a","s":1.0,"x":"AA=="}']);
    expect(itemBodies(item, new Set(), [TYPED, PLAIN]).map(({ contentType }) => contentType)).toEqual([
      TYPED,
      PLAIN,
    ]);
  });

  it.each([
    [['h'], '{"\\u0073" : {"N":"1.0"},"x":{"B":"AA=="}}', '{"s":1.0,"x":"AA=="}'],
    [['s'], '{"h":{"S":"\\u0061"},"x":{"B":"AA=="}}', '{"h":"a","x":"AA=="}'],
    [['h', 's', 'x'], '{}', '{}'],
  ])('leave out %j, and cut the rest of the typed form as it stands', (surplus, typed, plain) => {
    expect(texts(surplus, [TYPED, PLAIN])).toEqual([typed, plain]);
  });

  it('hold memory of their own, not a share of a larger piece', () => {
    for (const { bytes } of itemBodies(item, new Set(), [PLAIN, TYPED])) {
      expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
    }
  });

  it('are of no other content type', () => {
    expect(() => texts([], ['text/html'])).toThrow(RangeError);
    expect(() => texts([], ['text/html'])).toThrow('text/html');
  });
});

describe('Projection', () => {
  const hashKey = { name: 'h', type: 'S' } as const;
  const sortKey = { name: 's', type: 'S' } as const;

  it('asks for everything where no fields are named', () => {
    const projection = new Projection(tableSpec({ name: 'T', hashKey, sortKey }));

    expect(projection.request).toEqual({});
    expect([...projection.surplus]).toEqual([]);
  });

  it('asks for each field by an alias, and for the key in any case', () => {
    const projection = new Projection(
      tableSpec({ name: 'T', hashKey, sortKey, fields: ['a.b', 's', 'a.b'] }),
    );

    expect(projection.request).toEqual({
      ProjectionExpression: '#0,#1,#2',
      ExpressionAttributeNames: { '#0': 'a.b', '#1': 's', '#2': 'h' },
    });
    expect([...projection.surplus]).toEqual(['h']);
  });

  it('asks for both key attributes where neither is to be kept', () => {
    const projection = new Projection(tableSpec({ name: 'T', hashKey, sortKey, fields: ['a'] }));

    expect(projection.request.ExpressionAttributeNames).toEqual({ '#0': 'a', '#1': 'h', '#2': 's' });
    expect([...projection.surplus]).toEqual(['h', 's']);
  });
});
