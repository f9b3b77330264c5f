import { describe, expect, it } from '@jest/globals';
import { awsFailure, errorNameIn } from '../../../src/domain/named-values/aws-failure.ts';

describe('awsFailure', () => {
  it.each([
    ['ThrottlingException', 400, 'throttled'],
    ['Throttling', 503, 'throttled'],
    ['TooManyRequestsException', 400, 'throttled'],
    ['RequestLimitExceeded', 400, 'throttled'],
    ['ProvisionedThroughputExceededException', 400, 'throttled'],
    ['AnyName', 429, 'throttled'],
    ['InternalServiceError', 400, 'unavailable'],
    ['InternalServerError', 500, 'unavailable'],
    ['InternalServiceErrorException', 400, 'unavailable'],
    ['AnyName', 500, 'unavailable'],
    [undefined, 400, 'unavailable'],
    ['AccessDeniedException', 400, 'refused'],
    ['NotThrottlingException', 400, 'refused'],
    ['ThrottlingExceptions', 400, 'refused'],
    ['ValidationException', 499, 'refused'],
  ] as const)('takes %s with status %d for %s', (name, status, failure) => {
    expect(awsFailure(name, status)).toBe(failure);
  });
});

describe('errorNameIn', () => {
  it.each([
    ['ThrottlingException', 'ThrottlingException'],
    ['com.amazonaws.dynamodb.v20120810#ThrottlingException', 'ThrottlingException'],
    ['ValidationException:http://internal.amazon.com/', 'ValidationException'],
    ['a#b#InternalError, and more', 'InternalError'],
    ['two words', undefined],
    ['', undefined],
    ['x'.repeat(129), undefined],
    [7, undefined],
  ])('reads %j as %j', (type, name) => {
    expect(errorNameIn(type)).toBe(name);
  });
});
