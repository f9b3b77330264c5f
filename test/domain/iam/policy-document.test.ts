import { describe, expect, it } from '@jest/globals';
import { allowing, arnIn, policyOf } from '../../../src/domain/iam/policy-document.ts';

describe('a policy', () => {
  it('has the version of AWS, and its statements', () => {
    const statements = allowing('ReadItems', 'dynamodb:GetItem', ['b', 'a', 'b']);

    expect(policyOf(statements)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Sid: 'ReadItems', Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: ['a', 'b'] }],
    });
  });

  it('has no statement without resources', () => {
    expect(allowing('ReadItems', 'dynamodb:GetItem', [])).toEqual([]);
  });
});

describe('the ARN of a resource', () => {
  const table = { service: 'dynamodb', resource: 'table/a' };

  it('has any region and account if they are not known', () => {
    expect(arnIn({}, table)).toBe('arn:aws:dynamodb:*:*:table/a');
  });

  it('has the region, account and partition of the scope', () => {
    const scope = { region: 'eu-west-1', account: '111122223333' };

    expect(arnIn(scope, table)).toBe('arn:aws:dynamodb:eu-west-1:111122223333:table/a');
    expect(arnIn({ ...scope, partition: 'aws-x' }, table)).toBe(
      'arn:aws-x:dynamodb:eu-west-1:111122223333:table/a',
    );
  });

  it('has the region of the resource, if it has one, and the partition of that region', () => {
    expect(arnIn({ region: 'eu-west-1' }, { ...table, region: 'cn-north-1' })).toBe(
      'arn:aws-cn:dynamodb:cn-north-1:*:table/a',
    );
  });

  it.each([
    ['us-east-1', 'aws'],
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('of the region %s is in the partition %s', (region, partition) => {
    expect(arnIn({ region }, table)).toBe(`arn:${partition}:dynamodb:${region}:*:table/a`);
  });
});
