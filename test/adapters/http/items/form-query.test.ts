import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFormQuery, queryOf } from '../../../../src/adapters/http/items/item-query.ts';
import { anyText } from '../../../support/any-text.ts';

const parse = (query: string) => [...parseFormQuery(query)];

describe('parseFormQuery', () => {
  it('decodes + as a space and %2B as a plus sign', () => {
    expect(parse('name=a+b%2Bc')).toEqual([['name', 'a b+c']]);
  });

  it('takes all text after the first equals sign as the value', () => {
    expect(parse('name=a=b==')).toEqual([['name', 'a=b==']]);
  });

  it('gives a parameter without an equals sign an empty value', () => {
    expect(parse('name')).toEqual([['name', '']]);
  });

  it('skips empty pairs', () => {
    expect(parse('&a=1&&b=2&')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(parse('')).toEqual([]);
  });

  it('decodes parameter names', () => {
    expect(parse('n%61me=x')).toEqual([['name', 'x']]);
  });

  it('preserves a NUL, a line feed and an ampersand within a value', () => {
    expect(parse('a=%00%0A%26')).toEqual([['a', '\0\n&']]);
  });

  it.each([
    ['a percent sign alone', 'name=100%'],
    ['a percent sign before what is no hexadecimal', 'name=%zz'],
    ['a cut escape', 'name=%4'],
    ['a byte that no UTF-8 begins with', 'name=%FF'],
    ['a cut character', 'name=%E2%82'],
    ['a character in more bytes than it takes', 'name=%C0%AF'],
    ['half of a surrogate pair', 'name=%ED%A0%80'],
    ['a bad escape in a name', '%=1'],
    ['a parameter given twice', 'name=a&name=b'],
    ['a parameter given twice, differently encoded', 'name=a&n%61me=a'],
  ])('rejects %s', (_, query) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ code: 'malformed_name' }));
  });

  it('does not quote the query in its error', () => {
    expect(() => parse('name=secret%')).toThrow(expect.not.objectContaining({ message: /secret/ }));
  });

  const wellFormed = anyText();

  it('decodes any output of a form encoder', () => {
    fc.assert(
      fc.property(fc.dictionary(wellFormed, wellFormed), (parameters) => {
        const expected = Object.entries(parameters).filter(([name, value]) => name !== '' || value !== '');
        expect(parse(new URLSearchParams(expected).toString())).toEqual(expected);
      }),
    );
  });

  it('decodes any output of encodeURIComponent', () => {
    fc.assert(
      fc.property(wellFormed, (value) => {
        expect(parse(`v=${encodeURIComponent(value)}`)).toEqual([['v', value]]);
      }),
    );
  });

  it('parses any text or throws a BadRequestError', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('%', 'a', 'F', '8', 'C', '=', '&', '+') }), (query) => {
        try {
          parse(query);
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed_name', category: 'invalid_request' });
        }
      }),
    );
  });
});

describe('queryOf', () => {
  it.each([
    ['http://localhost/a?b=c', 'b=c'],
    ['http://localhost/a', ''],
    ['http://localhost/a?', ''],
    ['http://localhost/a?b=?c', 'b=?c'],
    ['http://localhost/a?b=c#d?e', 'b=c#d?e'],
  ])('of %s returns %j', (url, query) => {
    expect(queryOf(url)).toBe(query);
  });
});
