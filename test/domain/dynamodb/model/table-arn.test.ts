import { describe, expect, it } from '@jest/globals';
import { parseTableArn } from '../../../../src/domain/dynamodb/model/table-identity.ts';

const ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Products';

describe('parseTableArn', () => {
  it.each([
    [ARN, { partition: 'aws', region: 'eu-west-1', account: '111122223333', table: 'Products' }],
    [
      'arn:aws-us-gov:dynamodb:us-gov-west-1:000000000001:table/a_B.c-1',
      { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '000000000001', table: 'a_B.c-1' },
    ],
  ])('reads %s', (text, parts) => {
    expect(parseTableArn(text)).toEqual(parts);
  });

  it.each([
    '',
    'Products',
    ` ${ARN}`,
    `${ARN} `,
    `x${ARN}`,
    `${ARN}/index/byPrice`,
    `${ARN}/stream/2026-01-01T00:00:00.000`,
    ARN.toUpperCase(),
    ARN.replace('aws', 'azure'),
    ARN.replace('dynamodb', 's3'),
    ARN.replace('eu-west-1', ''),
    ARN.replace('eu-west-1', `e${'u'.repeat(63)}`),
    ARN.replace('eu-west-1', '1-west'),
    ARN.replace('111122223333', '11112222333'),
    ARN.replace('111122223333', '1111222233334'),
    ARN.replace('table/', 'global-table/'),
    ARN.replace('Products', 'ab'),
    ARN.replace('Products', 'a'.repeat(256)),
    ARN.replace('Products', 'a b'),
  ])('does not read %j', (text) => {
    expect(parseTableArn(text)).toBeUndefined();
  });

  it.each([
    ['a table name of three characters', ARN.replace('Products', 'abc')],
    ['a table name of 255 characters', ARN.replace('Products', 'a'.repeat(255))],
    ['a region of 63 characters', ARN.replace('eu-west-1', `e${'u'.repeat(62)}`)],
  ])('reads %s', (_, text) => {
    expect(parseTableArn(text)).toBeDefined();
  });
});
