import { STSClient } from '@aws-sdk/nested-clients/sts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AwsClient } from '../../../src/adapters/aws/aws-client.ts';
import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../../../src/adapters/aws/endpoint-resolver.ts';
import { UpstreamConnections } from '../../../src/adapters/aws/http-client/upstream-connections.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { answering, ScriptedServer } from '../../support/http/scripted-server.ts';

beforeEach(useTestCredentials);

const hostOf = async (label: string, region: string, wanted = ''): Promise<string> => {
  if (wanted.includes('FIPS')) process.env.AWS_USE_FIPS_ENDPOINT = 'true';
  if (wanted.includes('dual stack')) process.env.AWS_USE_DUALSTACK_ENDPOINT = 'true';
  const resolver = new EndpointResolver({ env: process.env }, new FakeClock());
  return (await resolver.endpointFor('Any', region, label)).host;
};

/** By the rules of the AWS SDKs: the suffixes of the plain hosts and of the dual-stack hosts. */
const PARTITIONS = [
  ['eu-west-1', 'amazonaws.com', 'api.aws'],
  ['zz-future-9', 'amazonaws.com', 'api.aws'],
  ['cn-north-1', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ['us-gov-west-1', 'amazonaws.com', 'api.aws'],
  ['us-iso-east-1', 'c2s.ic.gov', 'api.aws.ic.gov'],
  ['us-isob-east-1', 'sc2s.sgov.gov', 'api.aws.scloud'],
  ['eu-isoe-west-1', 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ['us-isof-south-1', 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
  ['eusc-de-east-1', 'amazonaws.eu', 'api.amazonwebservices.eu'],
] as const;

describe.each(PARTITIONS)('in %s', (region, suffix, dualStack) => {
  const isGovCloud = region === 'us-gov-west-1';
  const hasPlainDualStack = /amazonaws\.com/.test(suffix);

  it.each(['ssm', 'appconfigdata'])('the hosts of %s have the suffixes of the partition', async (label) => {
    expect(await hostOf(label, region)).toBe(`${label}.${region}.${suffix}`);
    expect(await hostOf(label, region, 'dual stack')).toBe(`${label}.${region}.${dualStack}`);
    expect(await hostOf(label, region, 'FIPS, dual stack')).toBe(`${label}-fips.${region}.${dualStack}`);
  });

  it.each(['ssm', 'appconfigdata'])('the host of %s for FIPS is plain in GovCloud only', async (label) => {
    expect(await hostOf(label, region, 'FIPS')).toBe(
      `${label}${isGovCloud ? '' : '-fips'}.${region}.${suffix}`,
    );
  });

  it('the plain hosts of Secrets Manager are dual-stack hosts in the older partitions', async () => {
    const label = 'secretsmanager';
    const either = hasPlainDualStack ? suffix : dualStack;

    expect(await hostOf(label, region)).toBe(`${label}.${region}.${suffix}`);
    expect(await hostOf(label, region, 'dual stack')).toBe(`${label}.${region}.${either}`);
    expect(await hostOf(label, region, 'FIPS, dual stack')).toBe(`${label}-fips.${region}.${either}`);
  });

  it('the hosts of STS are those of the rules in its SDK', async () => {
    const sts = new STSClient({ region });
    const { endpointProvider } = sts.config;
    for (const wanted of ['', 'FIPS', 'dual stack', 'FIPS, dual stack']) {
      const { url } = endpointProvider({
        Region: region,
        UseFIPS: wanted.includes('FIPS'),
        UseDualStack: wanted.includes('dual stack'),
        UseGlobalEndpoint: false,
      });
      expect([wanted, await hostOf('sts', region, wanted)]).toEqual([wanted, url.host]);
      useTestCredentials();
    }
    sts.destroy();
  });

  it('the host of Secrets Manager for FIPS says so', async () => {
    expect(await hostOf('secretsmanager', region, 'FIPS')).toBe(`secretsmanager-fips.${region}.${suffix}`);
  });
});

describe('the endpoint of a service', () => {
  const endpoints = { ssm: 'http://127.0.0.1:8001/base', secretsmanager: 'https://vpce-1.example.com' };
  const given = (endpoint?: string) =>
    new EndpointResolver({ endpoints, endpoint, env: process.env }, new FakeClock());

  it('is the one that was set for it, in all regions, even if FIPS is asked for', async () => {
    process.env.AWS_USE_FIPS_ENDPOINT = 'true';

    expect(String(given().endpointFor('GetParameter', 'eu-west-1', 'ssm'))).toBe(
      'http://127.0.0.1:8001/base/',
    );
    expect(String(given().endpointFor('Any', 'us-gov-west-1', 'secretsmanager'))).toBe(
      'https://vpce-1.example.com/',
    );
  });

  it('is not the one that was set for another service', async () => {
    const others = given('http://127.0.0.1:8000');

    expect(String(await others.endpointFor('Any', 'eu-west-1', 'appconfigdata'))).toBe(
      'https://appconfigdata.eu-west-1.amazonaws.com/',
    );
    expect(String(others.endpointFor('GetItem', 'eu-west-1'))).toBe('http://127.0.0.1:8000/');
  });

  it('has no host of what is no name of a region', async () => {
    await expect(
      Promise.resolve(given().endpointFor('Any', 'evil.example/', 'appconfigdata')),
    ).rejects.toThrow(/the name of the region is malformed/);
  });
});

describe('a call of a service whose host has another name than its signature', () => {
  it('goes to the host, and is signed for the service', async () => {
    const server = await ScriptedServer.start(answering(200, '{}'));
    const clock = new FakeClock();
    const asked: unknown[] = [];
    const client = new AwsClient({
      credentialCache: new CredentialCache(async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), clock),
      endpoints: {
        endpointFor: (...question) => {
          asked.push(question);
          return new URL(server.url);
        },
      },
      connections: new UpstreamConnections(clock, { label: { name: 'AppConfig' } }),
      clock,
    });
    const call = { service: 'appconfig', region: 'eu-west-1', operation: 'Start', headers: [] };
    const signal = new AbortController().signal;
    await client.sendWhole({ ...call, hostLabel: 'appconfigdata', signal, maxWholeBytes: 10 });
    await client.sendWhole({ ...call, signal, maxWholeBytes: 10 });
    await client.sendWhole({ ...call, hostLabel: 'appconfigdata', signal, maxWholeBytes: 10 });
    client.connections.close();
    await server.close();

    expect(asked).toEqual([
      ['Start', 'eu-west-1', 'appconfigdata'],
      ['Start', 'eu-west-1', 'appconfig'],
    ]);
    for (const { headers } of server.received)
      expect(headers.authorization).toMatch(/Credential=a\/\d+\/eu-west-1\/appconfig\/aws4_request/);
  });
});
