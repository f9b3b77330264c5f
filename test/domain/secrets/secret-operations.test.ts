import { describe, expect, it } from '@jest/globals';
import { CacheError } from '../../../src/domain/cache/errors.ts';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import type { CacheableRead } from '../../../src/domain/named-values/value-operations.ts';
import { SecretDirectory } from '../../../src/domain/secrets/secret-directory.ts';
import { parseSecretKey } from '../../../src/domain/secrets/secret-key.ts';
import { secretOperations } from '../../../src/domain/secrets/secret-operations.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf';
const VERSION = '01234567-89ab-cdef-0123-456789abcdef';
const directory = new SecretDirectory([
  { group: 'own', ids: ['db', 'other', ARN, ARN.replace('eu-west-1', 'us-west-2')] },
  { group: 'abroad', ids: ['abroad'] },
]);
const { reads, isWrite } = secretOperations(directory, (group) =>
  group === 'abroad' ? 'us-west-2' : 'eu-west-1',
);

const readOf = (operation: string, input: object, region = 'eu-west-1'): CacheableRead | undefined => {
  try {
    return reads.get(operation)?.({ ...input }, region);
  } catch (error) {
    if (error instanceof CacheError || error instanceof UnreadableValueError) return undefined;
    throw error;
  }
};

const composed = (read: CacheableRead | undefined, ...bodies: readonly (string | undefined)[]) => {
  const response = read?.compose(
    bodies.map((body) => (body === undefined ? undefined : new TextEncoder().encode(body))),
  );
  return response && [response.status, new TextDecoder().decode(response.body)];
};

describe('GetSecretValue', () => {
  it.each([
    [{ SecretId: 'db' }, { id: 'db' }],
    [
      { SecretId: ARN, VersionStage: 'AWSPREVIOUS' },
      { id: ARN, stage: 'AWSPREVIOUS' },
    ],
    [
      { SecretId: 'db', VersionId: VERSION },
      { id: 'db', versionId: VERSION },
    ],
  ])('reads %j', (input, reference) => {
    expect(readOf('GetSecretValue', input)?.keys.map(parseSecretKey)).toEqual([reference]);
  });

  it.each([
    ['an unknown member', { SecretId: 'db', Extra: 1 }],
    ['a member of another type', { SecretId: 7 }],
    ['no id', {}],
    ['an empty version', { SecretId: 'db', VersionId: '' }],
    ['white space around the id', { SecretId: 'db ' }],
    ['white space around the version', { SecretId: 'db', VersionId: ` ${VERSION}` }],
    ['white space around the stage', { SecretId: 'db', VersionStage: 'AWSCURRENT ' }],
    ['a secret that is not listed', { SecretId: 'unlisted' }],
    ['a secret of another region', { SecretId: 'abroad' }],
    ['an ARN of another region', { SecretId: ARN.replace('eu-west-1', 'us-west-2') }],
    ['the stage of a rotation that is running', { SecretId: 'db', VersionStage: 'AWSPENDING' }],
  ])('cannot be answered with %s', (_, input) => {
    expect(readOf('GetSecretValue', input)).toBeUndefined();
  });

  it('answers the unchanged response', () => {
    expect(composed(readOf('GetSecretValue', { SecretId: 'db' }), '{ "ARN": "a" }')).toEqual([
      200,
      '{ "ARN": "a" }',
    ]);
  });

  it("answers that a secret is missing, in AWS's words, but not that a version is", () => {
    expect(composed(readOf('GetSecretValue', { SecretId: 'db' }), undefined)).toEqual([
      400,
      '{"__type":"ResourceNotFoundException","Message":"Secrets Manager can\'t find the specified secret."}',
    ]);
    for (const version of [{ VersionId: VERSION }, { VersionStage: 'AWSCURRENT' }]) {
      expect(composed(readOf('GetSecretValue', { SecretId: 'db', ...version }), undefined)).toBeUndefined();
    }
  });
});

describe('BatchGetSecretValue', () => {
  const read = () => readOf('BatchGetSecretValue', { SecretIdList: ['db', 'other'] });

  it('answers the unchanged responses of all secrets', () => {
    expect(composed(read(), '{"ARN":"a"}', '{"ARN": "b"}')).toEqual([
      200,
      '{"Errors":[],"SecretValues":[{"ARN":"a"},{"ARN": "b"}]}',
    ]);
  });

  it('leaves absent secrets, and two names of one secret, to AWS', () => {
    expect(composed(read(), '{"ARN":"a"}', undefined)).toBeUndefined();
    expect(composed(read(), '{"ARN":"a"}', '{"ARN":"a"}')).toBeUndefined();
  });

  it.each([
    ['no ids', { SecretIdList: [] }],
    ['a repeated id', { SecretIdList: ['db', 'db'] }],
    ['filters', { SecretIdList: ['db'], Filters: [] }],
    ['an id that is not listed', { SecretIdList: ['db', 'unlisted'] }],
    ['an id of another region', { SecretIdList: ['db', 'abroad'] }],
  ])('cannot be answered with %s', (_, input) => {
    expect(readOf('BatchGetSecretValue', input)).toBeUndefined();
  });

  it('cannot be answered with more ids than AWS accepts', () => {
    const { reads: all } = secretOperations(new SecretDirectory([], 'all'), () => 'eu-west-1');
    const ids = Array.from({ length: 21 }, (_, index) => `s${index}`);
    const readAll = (count: number) =>
      all.get('BatchGetSecretValue')?.({ SecretIdList: ids.slice(0, count) }, 'eu-west-1')?.keys.length;

    expect([readAll(20), readAll(21)]).toEqual([20, undefined]);
  });
});

it('takes every operation that is not a read for a write', () => {
  const reading = [
    'GetSecretValue',
    'BatchGetSecretValue',
    'DescribeSecret',
    'ListSecrets',
    'GetRandomPassword',
  ];
  const writing = [
    'CancelRotateSecret',
    'CreateSecret',
    'DeleteSecret',
    'PutSecretValue',
    'RestoreSecret',
    'RotateSecret',
    'UpdateSecret',
    'UpdateSecretVersionStage',
    'PutSecretList',
    'ResetDescription',
  ];

  expect([...reading, ...writing].filter(isWrite)).toEqual(writing);
});
