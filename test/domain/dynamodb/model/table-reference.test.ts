import { describe, expect, it } from '@jest/globals';
import { tableReference } from '../../../../src/domain/dynamodb/model/configured-tables.ts';

const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Things';
const place = { region: 'eu-west-1', account: '123456789012' };

describe('a table reference in a request', () => {
  it('is its name', () => {
    expect(tableReference('My.Things_1-a')).toEqual({ table: 'My.Things_1-a', isPart: false });
  });

  it.each([
    [ARN, false],
    [`${ARN}/index/byName`, true],
    [ARN.replace('aws', 'aws-cn'), false],
  ])('is its ARN: %s', (text, isPart) => {
    expect(tableReference(text)).toEqual({ table: 'Things', place, isPart });
  });

  it.each([
    [''],
    ['a b'],
    ['Things/'],
    ['a'.repeat(256)],
    ['arn:aws:s3:::x'],
    ['Things\n'],
    [`${ARN} `],
    [`x${ARN}`],
  ])('is undefined for an invalid name or ARN: %j', (text) => {
    expect(tableReference(text)).toBeUndefined();
  });
});
