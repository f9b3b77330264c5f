import { describe, expect, it } from '@jest/globals';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import { VALUE } from '../../../src/domain/named-values/value-bodies.ts';
import { parseSecretKey, secretKey, type SecretReference } from '../../../src/domain/secrets/secret-key.ts';
import {
  batchGetSecretValueInput,
  getSecretValueInput,
  secretBatch,
  selectSecrets,
} from '../../../src/domain/secrets/secret-calls.ts';

const arnOf = (name: string): string => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}`;
const keyOf = (id: string, rest: Omit<SecretReference, 'id'> = {}): EntryKey =>
  secretKey('group', { id, ...rest });
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const secretOf = (name: string, rest: object = {}) => ({
  ARN: arnOf(`${name}-AbCdEf`),
  Name: name,
  SecretString: `value of ${name}`,
  VersionStages: ['other', 'AWSCURRENT'],
  ...rest,
});

/** The values of a batch by id; null for an absent one. */
const valuesIn = (response: unknown, keys: readonly EntryKey[]) => {
  const { answers, unprocessed } = secretBatch(bytesOf(response), keys, [VALUE]);
  const values = answers.map(({ key, bodies: [body] }) => [
    parseSecretKey(key).id,
    body === undefined ? null : new TextDecoder().decode(body.bytes),
  ]);
  return { values: Object.fromEntries(values), unprocessed };
};

describe('the inputs of AWS', () => {
  it('contain only the parts that were requested', () => {
    expect(getSecretValueInput(keyOf('db'))).toStrictEqual({ SecretId: 'db' });
    expect(getSecretValueInput(keyOf('db', { versionId: 'v' }))).toEqual({ SecretId: 'db', VersionId: 'v' });
    expect(getSecretValueInput(keyOf('db', { stage: 's' }))).toEqual({ SecretId: 'db', VersionStage: 's' });
  });

  it('name a secret once in a batch', () => {
    const keys = [keyOf('a'), keyOf('a', { stage: 'AWSCURRENT' }), keyOf('b')];

    expect(batchGetSecretValueInput(keys)).toEqual({ SecretIdList: ['a', 'b'] });
  });
});

describe('selectSecrets', () => {
  it('selects twenty keys', () => {
    const keys = Array.from({ length: 22 }, (_, number) => keyOf(`s${number}`));

    expect(selectSecrets(keys)).toEqual(keys.slice(0, 20));
  });

  it('selects current versions in one region', () => {
    const [old, version, current, plain, abroad] = [
      keyOf('a', { stage: 'AWSPREVIOUS' }),
      keyOf('a', { versionId: 'v' }),
      keyOf('a', { stage: 'AWSCURRENT' }),
      keyOf('a'),
      keyOf(arnOf('a-AbCdEf')),
    ];

    expect(selectSecrets([old, version, current, plain, abroad])).toEqual([current, plain]);
    expect(selectSecrets([abroad, old])).toEqual([abroad]);
    expect(selectSecrets([old, version])).toEqual([]);
  });
});

describe('secretBatch', () => {
  it('assigns secrets by name, ARN and ARN without the random characters', () => {
    const ids = ['a', arnOf('b-AbCdEf'), arnOf('c'), 'd'];
    const response = { SecretValues: ['c', 'b', 'a'].map((name) => secretOf(name)), Errors: [] };

    expect(
      valuesIn(
        response,
        ids.map((id) => keyOf(id)),
      ),
    ).toEqual({
      values: { a: 'value of a', [arnOf('b-AbCdEf')]: 'value of b', [arnOf('c')]: 'value of c' },
      unprocessed: [keyOf('d')],
    });
  });

  it('prefers a complete ARN to one without the random characters', () => {
    const response = { SecretValues: [secretOf('a'), secretOf('a-AbCdEf')] };

    expect(valuesIn(response, [keyOf(arnOf('a-AbCdEf'))]).values).toEqual({
      [arnOf('a-AbCdEf')]: 'value of a',
    });
  });

  it('reports only secrets that were not found as absent', () => {
    const response = {
      SecretValues: [],
      Errors: [
        { SecretId: 'gone', ErrorCode: 'ResourceNotFoundException', Message: 'm' },
        { SecretId: 'qualified', ErrorCode: 'com.amazonaws.secretsmanager#ResourceNotFoundException' },
        { SecretId: 'denied', ErrorCode: 'AccessDeniedException' },
      ],
    };
    const ids = ['gone', 'qualified', 'denied', 'other'];

    expect(
      valuesIn(
        response,
        ids.map((each) => keyOf(each)),
      ),
    ).toEqual({
      values: { gone: null, qualified: null },
      unprocessed: [keyOf('denied'), keyOf('other')],
    });
  });

  it('gives a refused ARN no other secret whose ARN begins with it', () => {
    const other = secretOf('db-ABCDEF', { ARN: arnOf('db-ABCDEF-ghijkl') });
    const refused = arnOf('db-ABCDEF');
    const response = {
      SecretValues: [other],
      Errors: [{ SecretId: refused, ErrorCode: 'AccessDeniedException' }],
    };

    expect(valuesIn(response, [keyOf(refused)])).toEqual({ values: {}, unprocessed: [keyOf(refused)] });
  });

  it('leaves a name unprocessed that secrets of two accounts have', () => {
    const foreign = secretOf('db', { ARN: arnOf('db-XyZwVu').replace('123456789012', '999999999999') });
    const response = { SecretValues: [secretOf('db'), foreign] };
    const keys = [keyOf('db'), keyOf(foreign.ARN)];

    expect(valuesIn(response, keys)).toEqual({
      values: { [foreign.ARN]: 'value of db' },
      unprocessed: [keyOf('db')],
    });
  });

  it.each([[['AWSPREVIOUS']], [undefined]])(
    'leaves a secret with the stages %j unprocessed',
    (VersionStages) => {
      const response = { SecretValues: [secretOf('a', { VersionStages })] };

      expect(valuesIn(response, [keyOf('a')])).toEqual({ values: {}, unprocessed: [keyOf('a')] });
    },
  );

  it.each([
    {},
    { SecretValues: 'a' },
    { SecretValues: [1] },
    { SecretValues: [], Errors: {} },
    { SecretValues: [], Errors: [{}] },
    { SecretValues: [secretOf('a', { ARN: undefined })] },
    { SecretValues: [secretOf('a', { SecretString: undefined })] },
  ])('rejects the response %j', (response) => {
    expect(() => secretBatch(bytesOf(response), [keyOf('a')], [VALUE])).toThrow(UnreadableValueError);
  });
});
