import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { plainEndpoint } from '../../../src/adapters/aws/endpoint-resolver.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';

interface Partition {
  readonly id: string;
  readonly regions: Readonly<Record<string, unknown>>;
}

/** The SDK keeps them to itself. */
const PARTITIONS = new URL(
  '../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
  import.meta.url,
);
const { partitions }: { partitions: readonly Partition[] } = JSON.parse(
  /= (\{.*\});/s.exec(readFileSync(PARTITIONS, 'utf8'))?.[1]?.replaceAll(/,(?=\s*[\]}])/g, '') ?? '',
);
useTestCredentials();
const { endpointProvider } = new DynamoDBClient({ region: 'us-east-1' }).config;

const bySdk = (region: string): string =>
  endpointProvider({
    Region: region,
    UseFIPS: false,
    UseDualStack: false,
    AccountIdEndpointMode: 'disabled',
  }).url.href;

const known = partitions.flatMap(({ id, regions }) => Object.keys(regions).map((region) => [region, id]));

describe('the endpoint of a region', () => {
  it.each(known)('is that of the SDK for %s of the partition %s, or left to it', (region) => {
    expect(plainEndpoint(region)?.href ?? bySdk(region)).toBe(bySdk(region));
  });

  it('is known without the SDK for every region of the partition aws', () => {
    const ofAws = known.filter(([region, id]) => id === 'aws' && region !== 'aws-global');

    expect(ofAws.length).toBeGreaterThan(30);
    expect(ofAws.filter(([region = '']) => plainEndpoint(region) === undefined)).toEqual([]);
  });

  it.each(['us-west-9', 'mx-north-2', 'ap-southeast-12', 'US-EAST-1', 'eu-we_st-1', 'local', 'zz-future-9'])(
    'is that of the SDK for %s, which the SDK does not know, or left to it',
    (region) => {
      expect(plainEndpoint(region)?.href ?? bySdk(region)).toBe(bySdk(region));
    },
  );

  it.each([
    'us-gov-west-1',
    'cn-north-1',
    'eusc-de-east-1',
    'us-iso-east-1',
    'local',
    '',
    'us-east-1\n',
    'us-east-1.evil',
  ])('is left to the SDK for %j', (region) => {
    expect(plainEndpoint(region)).toBeUndefined();
  });
});
