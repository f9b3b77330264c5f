import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedValueNameError } from '../../../src/domain/named-values/names.ts';
import {
  ParameterAddressParser,
  ParameterDirectory,
  parseParameterQuery,
} from '../../../src/domain/parameters/parameter-directory.ts';
import { parameterKey } from '../../../src/domain/parameters/parameter-key.ts';

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
    [{ name: '/a', version: '12' }, '/a:12', true],
    [{ name: '/a', label: 'Dev' }, '/a:Dev', true],
  ])('reads %j', (query, name, withDecryption) => {
    const key = parameterKey('group', { name, withDecryption });

    expect(parse(query)).toEqual({ group: 'group', key });
  });

  const NO_VERSION = 'version is not a whole number; use label for a label';
  const NO_SWITCH = 'withDecryption must be one of: true, false';

  it.each<readonly [Record<string, string>, string]>([
    [{}, 'name is required'],
    [{ version: '3' }, 'name is required'],
    [{ name: '' }, 'name is empty'],
    [{ name: '/a', version: '3', label: 'Dev' }, 'version cannot be combined with label'],
    [{ name: '/a', version: 'Dev' }, NO_VERSION],
    [{ name: '/a', version: 'v1' }, NO_VERSION],
    [{ name: '/a', version: '1a' }, NO_VERSION],
    [{ name: '/a', version: '' }, NO_VERSION],
    [{ name: '/a', label: '' }, 'version or label is empty'],
    [{ name: '/a:1', version: '3' }, 'name already contains a version or label'],
    [{ name: '/a', withDecryption: 'True' }, NO_SWITCH],
    [{ name: '/a', withDecryption: '' }, NO_SWITCH],
  ])('rejects %j: %s', (query, message) => {
    expect(() => parse(query)).toThrow(new MalformedValueNameError(message));
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

  it.each<readonly [string, string, ...(readonly Pair[])]>([
    ['no name', 'name is empty'],
    ['a selector without a name', 'name is empty', ['version', '1']],
    ['an empty name', 'name is empty', ['name', ' ']],
    ['an empty selector in the name', 'name begins or ends with a colon', ['name', '/a:']],
    ['two selectors', 'name already contains a version or label', ['name', '/a:1'], ['version', '2']],
  ])('rejects %s: %s', (_, message, ...pairs) => {
    expect(() => parseParameterQuery(pairs)).toThrow(message);
    expect(() => parseParameterQuery(pairs)).toThrow(MalformedValueNameError);
  });
});
