import { describe, expect, it } from '@jest/globals';
import { MalformedValueNameError } from '../../../src/domain/named-values/names.ts';
import {
  parseSecretQuery,
  SecretAddressParser,
  SecretDirectory,
} from '../../../src/domain/secrets/secret-directory.ts';
import { secretKey } from '../../../src/domain/secrets/secret-key.ts';

const parser = new SecretAddressParser(new SecretDirectory([], 'group'));
const parse = (query: Record<string, string>) => parser.parse(new Map(Object.entries(query)));

const SECRET_ID = "the secret id (id, or secretId on the port of AWS's extension)";
const EMPTY_ID = `${SECRET_ID} is empty`;

describe('SecretAddressParser', () => {
  it('understands three parameters', () => {
    expect(parser.parameters).toEqual(['id', 'versionId', 'stage']);
  });

  it.each([
    [{ id: 'db' }, { id: 'db' }],
    [
      { id: 'db', stage: 'AWSPREVIOUS' },
      { id: 'db', stage: 'AWSPREVIOUS' },
    ],
    [
      { id: 'db', versionId: 'v1', stage: 'x' },
      { id: 'db', versionId: 'v1', stage: 'x' },
    ],
  ])('reads %j', (query, reference) => {
    expect(parse(query)).toEqual({ group: 'group', key: secretKey('group', reference) });
  });

  it.each<readonly [Record<string, string>, string]>([
    [{}, 'id is required'],
    [{ stage: 'x' }, 'id is required'],
    [{ id: '' }, EMPTY_ID],
    [{ id: 'db', stage: '' }, 'stage is empty'],
    [{ id: 'db', versionId: '' }, 'versionId is empty'],
  ])('rejects %j: %s', (query, message) => {
    expect(() => parse(query)).toThrow(new MalformedValueNameError(message));
  });
});

describe('parseSecretQuery', () => {
  it('uses the first of repeated parameters, and ignores unknown and empty ones', () => {
    const pairs = [
      ['unknown', 'x'],
      ['secretid', 'x'],
      ['secretId', 'db'],
      ['secretId', 'other'],
      ['versionStage', ''],
      ['versionStage', 'ignored'],
      ['versionId', 'v1'],
    ] as const;

    expect(parseSecretQuery(pairs)).toEqual({
      secret: { id: 'db', versionId: 'v1' },
      refreshNow: false,
      unlessVersion: undefined,
    });
  });

  it('reads the stage and the refresh', () => {
    const pairs = [
      ['refreshNow', 'TRUE'],
      ['unlessVersion', 'v0'],
      ['versionStage', 'AWSPENDING'],
      ['secretId', 'db'],
    ] as const;

    expect(parseSecretQuery(pairs)).toEqual({
      secret: { id: 'db', stage: 'AWSPENDING' },
      refreshNow: true,
      unlessVersion: 'v0',
    });
  });

  it.each([
    [[], EMPTY_ID],
    [[['secretId', '']], EMPTY_ID],
    [[['versionId', 'v1']], EMPTY_ID],
    [[['secretId', 'a b']], `${SECRET_ID} contains white space or a control character`],
  ] as const)('rejects %j: %s', (pairs, message) => {
    expect(() => parseSecretQuery(pairs)).toThrow(new MalformedValueNameError(message));
  });
});
