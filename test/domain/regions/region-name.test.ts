import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AWS_REGION_NAME, REGION_NAME } from '../../../src/domain/regions/region-name.ts';

/** The SDK keeps its list of all partitions to itself. */
const PARTITIONS = new URL(
  '../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
  import.meta.url,
);
const known = [...readFileSync(PARTITIONS, 'utf8').matchAll(/"?([a-z]+(?:-[a-z]+)+-\d+)"?: \{/g)].map(
  ([, region = '']) => region,
);
const FUTURE = ['ap-southeast-7', 'mx-central-1', 'eu-isoe-west-1', 'us-isof-south-1', 'xy-northwest-27'];

describe('the name of a region', () => {
  it('is accepted for every region of every partition that the SDK knows, and for those to come', () => {
    expect(known).toEqual(
      expect.arrayContaining(['eu-west-1', 'us-gov-east-1', 'cn-north-1', 'us-iso-east-1']),
    );
    for (const pattern of [AWS_REGION_NAME, REGION_NAME])
      expect([...known, ...FUTURE].filter((region) => !pattern.test(region))).toEqual([]);
  });

  it.each([
    '',
    'eu_west',
    'eu-',
    '-eu',
    'eu--west',
    '1-eu',
    'EU-WEST-1',
    'eu-west-1\n',
    'a.b-1',
    `a-${'b'.repeat(62)}`,
  ])('is never %j', (text) => {
    expect([AWS_REGION_NAME, REGION_NAME].map((pattern) => pattern.test(text))).toEqual([false, false]);
  });

  it('needs a hyphen in AWS, and none in an emulator', () => {
    expect([AWS_REGION_NAME, REGION_NAME].map((pattern) => pattern.test('local'))).toEqual([false, true]);
  });
});
