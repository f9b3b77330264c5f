import { describe, expect, it } from '@jest/globals';
import {
  assumeRoleStatements,
  FUNCTION_ROLE,
  resourcePolicyOf,
  trustPolicyOf,
} from '../../../src/domain/iam/policy-document.ts';

const READER = 'arn:aws:iam::111122223333:role/reader';
const AUDITOR = 'arn:aws:iam::111122223333:role/auditor';

describe('the permission of the function to assume roles', () => {
  it('names each role once', () => {
    const roles = [{ roleArn: READER, externalId: 'a' }, { roleArn: AUDITOR }, { roleArn: READER }];

    expect(assumeRoleStatements(roles)).toEqual([
      { Sid: 'AssumeRoles', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: [AUDITOR, READER] },
    ]);
  });

  it('is not needed without roles', () => {
    expect(assumeRoleStatements([])).toEqual([]);
  });
});

describe('the trust policy of a role', () => {
  const trusting = {
    Sid: 'AssumeRole',
    Effect: 'Allow',
    Principal: { AWS: [READER] },
    Action: ['sts:AssumeRole'],
  };
  const policyOf = (...externalIds: readonly (string | undefined)[]) =>
    trustPolicyOf(
      externalIds.map((externalId) => ({
        roleArn: AUDITOR,
        ...(externalId === undefined ? {} : { externalId }),
      })),
      READER,
    );

  it('requires one of the external ids if all entries have one', () => {
    expect(policyOf('b', 'a', 'b')).toEqual({
      Version: '2012-10-17',
      Statement: [{ ...trusting, Condition: { StringEquals: { 'sts:ExternalId': ['a', 'b'] } } }],
    });
  });

  it.each([[[]], [[undefined]], [['a', undefined]]])('requires no external id for entries with %j', (ids) => {
    expect(policyOf(...ids)).toEqual({ Version: '2012-10-17', Statement: [trusting] });
  });

  it('has a placeholder for a role of the function that is not given', () => {
    expect(trustPolicyOf([], FUNCTION_ROLE).Statement[0]?.Principal).toEqual({
      AWS: ['arn:aws:iam::FUNCTION_ACCOUNT:role/FUNCTION_ROLE'],
    });
  });
});

describe('the policy of a resource', () => {
  it('gives the permissions of the statements to each principal once', () => {
    const read = {
      Sid: 'ReadItems',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem'],
      Resource: ['arn:aws:dynamodb:eu-west-1:111122223333:table/Products'],
    } as const;

    expect(resourcePolicyOf([read, { ...read, Sid: 'More' }], [READER, AUDITOR, READER])).toEqual({
      Version: '2012-10-17',
      Statement: [
        { ...read, Principal: { AWS: [AUDITOR, READER] } },
        { ...read, Sid: 'More', Principal: { AWS: [AUDITOR, READER] } },
      ],
    });
  });
});
