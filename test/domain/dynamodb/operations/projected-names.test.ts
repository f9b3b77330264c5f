import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { projectedNames } from '../../../../src/domain/dynamodb/operations/get-item.ts';

const expression = (text: string, names?: object) => ({
  ProjectionExpression: text,
  ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
});

const HUNDRED = Array.from({ length: 100 }, (_, index) => `a${index}`);

describe('the projection of a request', () => {
  it.each([
    [{}, 'everything'],
    [{ AttributesToGet: ['b', 'a', 'order'] }, ['b', 'a', 'order']],
    [expression('b,a'), ['b', 'a']],
    [expression(' b ,\ta\n'), ['b', 'a']],
    [expression('a \t\n, \r b  '), ['a', 'b']],
    [expression('#1, price', { '#1': 'order' }), ['order', 'price']],
    [expression('#a', { '#a': 'a.b[0]' }), ['a.b[0]']],
    [expression('#a', { '#a': '__proto__' }), ['__proto__']],
    [expression('#a', { '#a': 'x'.repeat(255) }), ['x'.repeat(255)]],
    [expression(`#${'a'.repeat(254)}`, { [`#${'a'.repeat(254)}`]: 'x' }), ['x']],
    [expression(`a,b${' '.repeat(4_093)}`), ['a', 'b']],
    [{ AttributesToGet: HUNDRED }, HUNDRED],
  ])('is parsed from %j', (request, wanted) => {
    expect(projectedNames(request)).toEqual(wanted);
  });

  it.each([
    [expression('')],
    [expression('a,')],
    [expression('a.b')],
    [expression('a[0]')],
    [expression('a b')],
    [expression('a,a')],
    [expression('order')],
    [expression('Order')],
    [expression('_a')],
    [expression('1a')],
    [expression('#a')],
    [expression('#a', {})],
    [expression('a', {})],
    [expression('a', { '#b': 'b' })],
    [expression('#a,#b', { '#a': 'a', '#b': 'a' })],
    [expression('a,#b', { '#b': 'a' })],
    [expression('#a', { '#a': '' })],
    [expression('#a', { '#a': 1 })],
    [expression('#a', { '#a': 'a', b: 'b' })],
    [expression('#a', { '#a': 'x'.repeat(256) })],
    [expression(`#${'a'.repeat(255)}`, { [`#${'a'.repeat(255)}`]: 'x' })],
    [expression('a', { a: 'b' })],
    [expression('a#b', { 'a#b': 'b' })],
    [expression('#a.b', { '#a.b': 'b' })],
    [expression('#a', [])],
    [{ ProjectionExpression: 'a', ExpressionAttributeNames: '' }],
    [expression('a', [])],
    [expression('toString,#toString', {})],
    [{ ExpressionAttributeNames: { '#a': 'a' } }],
    [{ ProjectionExpression: 'a', AttributesToGet: ['a'] }],
    [{ ProjectionExpression: null }],
    [{ AttributesToGet: [] }],
    [{ AttributesToGet: ['a', 'a'] }],
    [{ AttributesToGet: [1] }],
    [{ AttributesToGet: ['a', 1] }],
    [{ AttributesToGet: 'a' }],
    [{ AttributesToGet: null }],
    [expression(`a${','.repeat(5_000)}b`)],
    [expression(`a,b${' '.repeat(4_094)}`)],
    [{ AttributesToGet: [...HUNDRED, 'b'] }],
  ])('is for DynamoDB to tell of %j', (request) => {
    expect(projectedNames(request)).toBeUndefined();
  });

  it('resolves aliases in the order of the request', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 20 }),
        (names) => {
          const aliases = Object.fromEntries(names.map((name, index) => [`#${index}`, name]));

          expect(projectedNames(expression(Object.keys(aliases).join(' , '), aliases))).toEqual(names);
        },
      ),
    );
  });
});
