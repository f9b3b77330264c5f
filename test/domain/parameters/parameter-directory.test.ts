import { describe, expect, it } from '@jest/globals';
import { MalformedValueNameError, ValueNotListedError } from '../../../src/domain/named-values/names.ts';
import {
  ParameterDirectory,
  type ParameterGroup,
} from '../../../src/domain/parameters/parameter-directory.ts';
import { parameterKey } from '../../../src/domain/parameters/parameter-key.ts';

const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter/shop/host';
const groups: readonly ParameterGroup[] = [
  { group: 'all', names: [], path: '/' },
  { group: 'shop', names: [], path: '/shop' },
  { group: 'prod', names: [], path: '/shop/prod/' },
  { group: 'named', names: [' /shop/host ', '/pinned:3', ARN] },
  { group: 'both', names: ['/pinned'], path: '/both' },
];
const directory = new ParameterDirectory(groups, 'onDemand');
const strict = new ParameterDirectory(groups.slice(1));

describe('ParameterDirectory', () => {
  it.each([
    ['/shop/host', 'named'],
    ['/shop/host:3', 'named'],
    ['/shop/host:Dev', 'named'],
    [ARN, 'named'],
    [`${ARN}:3`, 'named'],
    ['/pinned:3', 'named'],
    ['/pinned:4', 'both'],
    ['/pinned', 'both'],
    ['/shop/port', 'shop'],
    ['/shop/port:2', 'shop'],
    ['/shop/prod/port', 'prod'],
    ['/shop/prod/a/b', 'prod'],
    ['/shop/production', 'shop'],
    ['/shop', 'all'],
    ['/shopping/a', 'all'],
    ['/both/a', 'both'],
    ['shop/host', 'onDemand'],
    // It has the ARN of /host.
    ['host', 'all'],
    ['host:3', 'all'],
    ['arn:aws:ssm:us-east-1:123456789012:parameter/shop/port', 'onDemand'],
  ])('puts %s into the group %s', (name, group) => {
    expect(directory.keyOf({ name, withDecryption: true })).toEqual(
      parameterKey(group, { name, withDecryption: true }),
    );
  });

  it('removes the white space around a requested name, and keeps withDecryption', () => {
    expect(directory.keyOf({ name: ' /shop/host ', withDecryption: false })).toEqual(
      parameterKey('named', { name: '/shop/host', withDecryption: false }),
    );
  });

  it.each(['/other', '/shop', 'host'])(
    'rejects %s, which no group lists, without a group on demand',
    (name) => {
      expect(() => strict.keyOf({ name, withDecryption: true })).toThrow(
        new ValueNotListedError('parameter'),
      );
    },
  );

  it.each([
    ['/', 'all'],
    ['/shop', 'shop'],
    ['/shop/', 'shop'],
    ['/shop/prod', 'prod'],
    ['/shop/production', 'shop'],
    ['/shopping', 'all'],
    ['shop', 'onDemand'],
  ])('puts the pages of %s into the group %s', (path, group) => {
    expect(directory.groupOfPath(path)).toBe(group);
  });

  it('rejects a path that no group contains, and a malformed path', () => {
    expect(() => strict.groupOfPath('/')).toThrow(new ValueNotListedError('parameter'));
    expect(() => strict.groupOfPath(' ')).toThrow(new MalformedValueNameError('path is empty'));
  });

  it.each(['', '/shop/host:'])('rejects the malformed name %j', (name) => {
    expect(() => directory.keyOf({ name, withDecryption: true })).toThrow(MalformedValueNameError);
    expect(() => new ParameterDirectory([{ group: 'g', names: [name] }])).toThrow(MalformedValueNameError);
  });
});
