import { describe, expect, it } from '@jest/globals';
import {
  arnRegion,
  checkedName,
  MalformedValueNameError,
  ValueNotListedError,
} from '../../../src/domain/named-values/names.ts';

describe('checkedName', () => {
  it.each([
    ['  /app/host\n', '/app/host'],
    ['a'.repeat(2_048), 'a'.repeat(2_048)],
    ['arn:aws-cn:ssm:cn-north-1:1:parameter/x', 'arn:aws-cn:ssm:cn-north-1:1:parameter/x'],
    ['arn:aws:iam::1:role/x', 'arn:aws:iam::1:role/x'],
  ])('removes the white space around %j', (text, name) => {
    expect(checkedName(text, 'name')).toBe(name);
  });

  it.each([
    ['', 'id is empty'],
    [' \t', 'id is empty'],
    ['a b', 'id contains white space or a control character'],
    ['a\0b', 'id contains white space or a control character'],
    ['a\u0085b', 'id contains white space or a control character'],
    ['a'.repeat(2_049), 'id is longer than 2048 characters'],
    ...['host.example', 'eu/west', '@1', 'ü', 'a'.repeat(64)].map((region) => [
      `arn:aws:ssm:${region}:1:parameter/x`,
      'id is an ARN whose region is malformed',
    ]),
  ])('rejects %j', (text, message) => {
    expect(() => checkedName(text, 'id')).toThrow(new MalformedValueNameError(message));
  });
});

describe('arnRegion', () => {
  it.each([
    ['arn:aws:ssm:us-east-1:123456789012:parameter/app', 'us-east-1'],
    ['arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:db-AbCdEf', 'cn-north-1'],
    ['arn:aws-us-gov:ssm:us-gov-west-1::parameter/aws/service/x', 'us-gov-west-1'],
    ['arn:aws:iam::123456789012:role/x', undefined],
    ['/app/arn:aws:ssm:us-east-1:1:x', undefined],
    ['arn:other:ssm:us-east-1:1:x', undefined],
    ['name', undefined],
  ])('of %s is %s', (name, region) => {
    expect(arnRegion(name)).toBe(region);
  });
});

describe('the errors of names', () => {
  it('have codes and categories', () => {
    expect(new MalformedValueNameError('m')).toMatchObject({
      code: 'malformed_name',
      category: 'invalid_request',
      message: 'm',
    });
    expect(new ValueNotListedError('secret')).toMatchObject({
      code: 'not_listed',
      category: 'forbidden',
      message: 'the secret is not listed in cache.yaml, and onDemand is false',
    });
  });
});
