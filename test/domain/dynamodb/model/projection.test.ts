import { describe, expect, it } from '@jest/globals';
import { Projection, tablesWithFields } from '../../../../src/domain/dynamodb/model/projection.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const hashKey = { name: 'id', type: 'S' } as const;
const sortKey = { name: 'n', type: 'N' } as const;
const whole = tableSpec({ name: 'Whole', hashKey });
const partial = tableSpec({ name: 'Partial', hashKey, fields: ['price', 'size'] });

describe('Projection', () => {
  it('reads whole items without fields', () => {
    expect(new Projection(whole)).toEqual({ request: {}, surplus: new Set() });
  });

  it('reads the fields and the key, each once and by an alias', () => {
    expect(new Projection(partial)).toEqual({
      request: {
        ProjectionExpression: '#0,#1,#2',
        ExpressionAttributeNames: { '#0': 'price', '#1': 'size', '#2': 'id' },
      },
      surplus: new Set(['id']),
    });
    expect(new Projection({ ...partial, sortKey })).toMatchObject({
      request: { ProjectionExpression: '#0,#1,#2,#3' },
      surplus: new Set(['id', 'n']),
    });
    expect(new Projection({ ...partial, sortKey, fields: ['n', 'price'] })).toEqual({
      request: {
        ProjectionExpression: '#0,#1,#2',
        ExpressionAttributeNames: { '#0': 'n', '#1': 'price', '#2': 'id' },
      },
      surplus: new Set(['id']),
    });
  });
});

describe('tablesWithFields', () => {
  it('names the tables of which only some attributes are cached', () => {
    expect(tablesWithFields([whole, partial, { ...partial, name: 'Second' }])).toEqual(['Partial', 'Second']);
    expect(tablesWithFields([whole])).toEqual([]);
  });
});
