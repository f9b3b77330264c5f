import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  EndpointResolver,
  type EndpointResolverOptions,
} from '../../../src/adapters/aws/endpoint-resolver.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { answering, ScriptedServer } from '../../support/http/scripted-server.ts';

const knowledgeOf = (options: EndpointResolverOptions = {}): EndpointResolver =>
  new EndpointResolver({ env: process.env, ...options }, new FakeClock());

describe.each(['in Lambda', 'elsewhere'])('EndpointResolver %s', (place) => {
  beforeEach(() => {
    useTestCredentials();
    if (place === 'in Lambda') process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001';
  });

  const endpointFor = async (operation: string, region: string, endpoint?: string): Promise<string> => {
    const options = endpoint === undefined ? {} : { endpoint };
    return (await knowledgeOf(options).endpointFor(operation, region)).href;
  };

  it.each([
    ['eu-west-1', 'https://dynamodb.eu-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
    ['us-gov-west-1', 'https://dynamodb.us-gov-west-1.amazonaws.com/'],
    ['zz-future-9', 'https://dynamodb.zz-future-9.amazonaws.com/'],
  ])('leads to the endpoint of %s', async (region, url) => {
    expect(await endpointFor('GetItem', region)).toBe(url);
  });

  it('leads to an endpoint for FIPS where the function is to use those', async () => {
    process.env.AWS_USE_FIPS_ENDPOINT = 'true';

    expect(await endpointFor('GetItem', 'us-east-1')).toBe('https://dynamodb-fips.us-east-1.amazonaws.com/');
  });

  it.each(['AWS_CONFIG_FILE', 'HOME'])(
    'leads to an endpoint for FIPS where a file below %s asks for those',
    async (name) => {
      const folder = await mkdtemp(join(tmpdir(), 'aws-knowledge-'));
      const file = join(folder, '.aws', 'config');
      await mkdir(join(folder, '.aws'));
      await writeFile(file, '[default]\nuse_fips_endpoint = true\n');
      const { HOME } = process.env;
      process.env[name] = name === 'HOME' ? folder : file;
      const endpoint = await endpointFor('GetItem', 'eu-west-1');
      process.env.HOME = HOME;
      await rm(folder, { recursive: true });

      // A sandbox has no home.
      const isHeeded = name !== 'HOME' || place !== 'in Lambda';
      expect(endpoint).toBe(`https://dynamodb${isHeeded ? '-fips' : ''}.eu-west-1.amazonaws.com/`);
    },
  );

  it('leads to a dual-stack endpoint where the function is to use those', async () => {
    process.env.AWS_USE_DUALSTACK_ENDPOINT = 'true';

    expect(await endpointFor('GetItem', 'us-east-1')).toBe('https://dynamodb.us-east-1.api.aws/');
  });

  it('leads to the host of its own that the search for vectors has', async () => {
    expect(await endpointFor('SearchVectors', 'us-east-1')).toBe(
      'https://search-dynamodb.us-east-1.amazonaws.com/',
    );
  });

  it('stays with the endpoint of the region even if the account is known', async () => {
    process.env.AWS_ACCOUNT_ID = '123456789012';

    expect(await endpointFor('GetItem', 'eu-central-1')).toBe('https://dynamodb.eu-central-1.amazonaws.com/');
  });

  it('makes no host of what is no name of a region', async () => {
    await expect(endpointFor('GetItem', 'evil.example/')).rejects.toThrow(
      /the name of the region is malformed/,
    );
  });

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_DYNAMODB'])(
    'does not lead to %s, which may be this extension: no loop',
    async (variable) => {
      process.env[variable] = 'http://127.0.0.1:4000';

      expect(await endpointFor('GetItem', 'us-east-1')).toBe('https://dynamodb.us-east-1.amazonaws.com/');
    },
  );

  it('leads to the endpoint that was set, such as that of a VPC, whatever else is', async () => {
    process.env.AWS_USE_FIPS_ENDPOINT = 'true';
    const vpc = 'https://vpce-0a1b.dynamodb.us-east-1.vpce.amazonaws.com/';

    expect(await endpointFor('GetItem', 'eu-west-1', vpc)).toBe(vpc);
  });

  it.each([
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/'],
    ['http://127.0.0.1:8000/dynamodb', 'http://127.0.0.1:8000/dynamodb/'],
    ['http://127.0.0.1:8000/dynamodb/', 'http://127.0.0.1:8000/dynamodb/'],
  ])('posts to %s as the SDK does', async (given, url) => {
    expect(await endpointFor('GetItem', 'eu-west-1', given)).toBe(url);
  });

  it('knows the credentials of the environment, those that it has later too', async () => {
    const knowledge = knowledgeOf();
    const first = await knowledge.credentials(false);
    process.env.AWS_ACCESS_KEY_ID = 'rotated';

    expect(first.accessKeyId).toBe('test');
    expect((await knowledge.credentials(true)).accessKeyId).toBe('rotated');
  });

  it('knows those that the SDK has found, and those that it finds when it is to ask anew', async () => {
    const knowledge = knowledgeOf({ env: {} });
    await knowledge.credentials(false);
    process.env.AWS_ACCESS_KEY_ID = 'rotated';

    expect((await knowledge.credentials(false)).accessKeyId).toBe('test');
    expect((await knowledge.credentials(true)).accessKeyId).toBe('rotated');
  });

  it.each([{}, { env: {} }])('prefers variables to the profile of the function, with %j', async (options) => {
    process.env.AWS_PROFILE = 'of-the-function';

    expect((await knowledgeOf(options).credentials(false)).accessKeyId).toBe('test');
  });

  it('has the SDK ask for a role in the region that it is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aws-knowledge-'));
    const given = '<AccessKeyId>assumed</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>';
    const service = await ScriptedServer.start(
      answering(200, `<R><AssumeRoleResult><Credentials>${given}</Credentials></AssumeRoleResult></R>`),
    );
    const source = '[profile source]\naws_access_key_id = source\naws_secret_access_key = secret\n';
    const role = '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = source\n';
    await writeFile(join(folder, 'config'), source + role);
    delete process.env.AWS_ACCESS_KEY_ID;
    process.env.AWS_CONFIG_FILE = join(folder, 'config');
    process.env.AWS_PROFILE = 'role';
    process.env.AWS_ENDPOINT_URL_STS = service.url;
    const { accessKeyId } = await knowledgeOf({ region: 'eu-central-1' }).credentials(false);
    await service.close();
    await rm(folder, { recursive: true });

    expect(accessKeyId).toBe('assumed');
    expect(service.received[0]?.headers.authorization).toMatch(/Credential=source\/\d+\/eu-central-1\/sts/);
  });

  it('asks the SDK again after it could give no credentials', async () => {
    const knowledge = knowledgeOf();
    delete process.env.AWS_ACCESS_KEY_ID;
    await expect(knowledge.credentials(false)).rejects.toThrow();
    process.env.AWS_ACCESS_KEY_ID = 'late';

    expect((await knowledge.credentials(false)).accessKeyId).toBe('late');
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'has none where %s is empty, and says so as the SDK does',
    async (variable) => {
      process.env[variable] = '';

      await expect(knowledgeOf().credentials(false)).rejects.toMatchObject({
        name: 'CredentialsProviderError',
      });
    },
  );

  it.each([
    {},
    { AWS_SESSION_TOKEN: 'token' },
    { AWS_SESSION_TOKEN: '', AWS_ACCOUNT_ID: '', AWS_CREDENTIAL_EXPIRATION: '' },
    { AWS_ACCOUNT_ID: '123456789012' },
    { AWS_CREDENTIAL_EXPIRATION: '2026-02-01T00:00:00Z' },
  ])('reads %j as the SDK does', async (variables) => {
    Object.assign(process.env, variables);
    const parts = async (options: EndpointResolverOptions) => {
      const credentials = await knowledgeOf(options).credentials(true);
      const { accessKeyId, secretAccessKey, sessionToken, accountId, expiration } = credentials;
      return { accessKeyId, secretAccessKey, sessionToken, accountId, expiration };
    };

    expect(await parts({})).toEqual(await parts({ env: {} }));
  });
});
