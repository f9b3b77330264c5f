import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedValueNameError } from '../../../src/domain/named-values/names.ts';
import { ParameterDirectory } from '../../../src/domain/parameters/parameter-directory.ts';
import { parameterKey } from '../../../src/domain/parameters/parameter-key.ts';
import {
  ParameterAddressParser,
  parseParameterQuery,
} from '../../../src/domain/parameters/parameter-queries.ts';

const parser = new ParameterAddressParser(new ParameterDirectory([], 'group'));
const parse = (query: Record<string, string>) => parser.parse(new Map(Object.entries(query)));

describe('ParameterAddressParser', () => {
  it('understands four parameters', () => {
    expect(parser.parameters).toEqual(['name', 'version', 'label', 'withDecryption']);
  });

  it.each([
    [{ name: '/a' }, '/a', true],
    [{ name: '/a', withDecryption: 'true' }, '/a', true],
    [{ name: '/a:1', withDecryption: 'false' }, '/a:1', false],
    [{ name: '/a', version: '3' }, '/a:3', true],
    [{ name: '/a', label: 'Dev' }, '/a:Dev', true],
  ])('reads %j', (query, name, withDecryption) => {
    const key = parameterKey('group', { name, withDecryption });

    expect(parse(query)).toEqual({ group: 'group', key });
  });

  it.each([
    {},
    { name: '' },
    { version: '3' },
    { name: '/a', version: '3', label: 'Dev' },
    { name: '/a', version: 'Dev' },
    { name: '/a', version: '' },
    { name: '/a', label: '' },
    { name: '/a:1', version: '3' },
    { name: '/a', withDecryption: 'True' },
    { name: '/a', withDecryption: '' },
  ])('rejects %j', (query) => {
    expect(() => parse(query)).toThrow(MalformedValueNameError);
  });
});

type Pair = readonly [string, string];

const read = (...pairs: readonly Pair[]) => parseParameterQuery(pairs);
const selector = fc.constantFrom<Pair>(['version', '1'], ['version', '2'], ['label', 'A'], ['label', 'B']);
const other = fc.constantFrom<Pair>(
  ['unknown', 'x'],
  ['Name', '/b'],
  ['withdecryption', 'true'],
  ['name', '/b'],
);

describe('parseParameterQuery', () => {
  it('uses the first selector and the first name, in any place among other parameters', () => {
    fc.assert(
      fc.property(fc.array(selector), fc.array(other), fc.array(other), (selectors, before, after) => {
        const pairs: readonly Pair[] = [
          ...before.filter(([name]) => name !== 'name'),
          ['name', '/a'],
          ...after,
          ...selectors,
        ];
        const [first] = selectors;
        const name = first === undefined ? '/a' : `/a:${first[1]}`;

        expect(parseParameterQuery(pairs).parameter).toEqual({ name, withDecryption: false });
        expect(parseParameterQuery([...selectors, ...pairs]).parameter.name).toBe(name);
      }),
    );
  });

  it.each([
    ['true', true],
    ['TRUE', true],
    ['True', true],
    ['false', false],
    ['1', false],
    ['', false],
  ])('reads the switch %j as %s', (text, isOn) => {
    expect(read(['withDecryption', text], ['name', '/a']).parameter.withDecryption).toBe(isOn);
    expect(read(['refreshNow', text], ['name', '/a']).refreshNow).toBe(isOn);
  });

  it('uses the first of two switches', () => {
    const { parameter } = read(['name', '/a'], ['withDecryption', 'false'], ['withDecryption', 'true']);

    expect(parameter.withDecryption).toBe(false);
  });

  it('ignores empty selectors', () => {
    expect(read(['version', ''], ['name', '/a'], ['label', 'Dev']).parameter.name).toBe('/a:Dev');
    expect(read(['name', '/a'], ['version', ''], ['version', '1']).parameter.name).toBe('/a');
  });

  it('reads the version that makes a refresh unnecessary', () => {
    expect(read(['name', '/a'], ['refreshNow', 'true'], ['unlessVersion', '7'])).toEqual({
      parameter: { name: '/a', withDecryption: false },
      refreshNow: true,
      unlessVersion: '7',
    });
    expect(read(['name', '/a'], ['unlessVersion', '']).unlessVersion).toBeUndefined();
  });

  it.each<readonly [string, readonly Pair[]]>([
    ['no name', [['version', '1']]],
    ['an empty name', [['name', ' ']]],
    ['an empty selector in the name', [['name', '/a:']]],
    [
      'two selectors',
      [
        ['name', '/a:1'],
        ['version', '2'],
      ],
    ],
  ])('rejects %s', (_, pairs) => {
    expect(() => parseParameterQuery(pairs)).toThrow(MalformedValueNameError);
  });
});
