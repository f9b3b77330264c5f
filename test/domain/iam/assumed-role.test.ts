import { describe, expect, it } from '@jest/globals';
import { accountOfRole, assumedRoleId } from '../../../src/domain/iam/assumed-role.ts';

const roleArn = 'arn:aws:iam::111122223333:role/reader';

describe('the id of a role', () => {
  it('differs for another ARN, external id or name of the session', () => {
    const roles = [
      { roleArn },
      { roleArn: roleArn.replace('reader', 'auditor') },
      { roleArn, externalId: 'a' },
      { roleArn, externalId: 'b' },
      { roleArn, sessionName: 'a' },
      { roleArn, externalId: 'a', sessionName: 'a' },
    ];

    expect(new Set(roles.map(assumedRoleId)).size).toBe(roles.length);
  });

  it('is the same for an empty and an absent member', () => {
    expect(assumedRoleId({ roleArn, externalId: '', sessionName: '' })).toBe(assumedRoleId({ roleArn }));
  });
});

describe('the account of a role', () => {
  it.each([roleArn, roleArn.replace('aws', 'aws-us-gov'), roleArn.replace('reader', 'path/reader')])(
    'is in %s',
    (text) => {
      expect(accountOfRole({ roleArn: text })).toBe('111122223333');
    },
  );

  it.each([
    '',
    'reader',
    ` ${roleArn}`,
    roleArn.replace('aws', ''),
    roleArn.replace('111122223333', 'FUNCTION_ACCOUNT'),
    roleArn.replace('111122223333', '11112222333'),
    roleArn.replace('role/', 'user/'),
    roleArn.replace('iam', 'sts'),
  ])('is not in %j', (text) => {
    expect(accountOfRole({ roleArn: text })).toBeUndefined();
  });
});
