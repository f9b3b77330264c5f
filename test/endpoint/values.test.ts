import {
  BatchGetSecretValueCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signedBy } from '../support/dynamodb/wire.ts';
import { ValuesUnderTest } from '../support/endpoint/values-under-test.ts';
import { exchange } from '../support/http/exchange.ts';

const TOKEN = 'token';

let stage: ValuesUnderTest;

beforeEach(async () => {
  stage = await ValuesUnderTest.start({ secretTokens: [TOKEN] });
});

afterEach(() => stage.close());

const upstreamCalls = () => stage.aws.calls.all.map(({ operation }) => operation);

describe('the SDK of Parameter Store, pointed at the extension', () => {
  const parameterValue = async (Name: string, WithDecryption?: boolean) => {
    const { Parameter } = await stage.ssm.send(new GetParameterCommand({ Name, WithDecryption }));
    return Parameter?.Value;
  };

  it('reads a parameter from AWS once', async () => {
    stage.aws.parameters.put('/app/x', { value: 'v' });
    const first = await stage.ssm.send(new GetParameterCommand({ Name: '/app/x' }));
    const second = await stage.ssm.send(new GetParameterCommand({ Name: '/app/x' }));

    expect(second.Parameter).toEqual(first.Parameter);
    expect(second.Parameter).toMatchObject({ Name: '/app/x', Value: 'v', Version: 1 });
    expect(second.Parameter?.LastModifiedDate).toBeInstanceOf(Date);
    expect(upstreamCalls()).toEqual(['GetParameter']);
  });

  it('does not get a decrypted value without asking for it', async () => {
    stage.aws.parameters.put('/app/s', { value: 'v', type: 'SecureString' });

    expect(await parameterValue('/app/s', true)).toBe('v');
    expect(await parameterValue('/app/s')).toMatch(/^AQICAH/);
  });

  it('gets the error of AWS for a missing parameter, which is asked for once', async () => {
    for (const _ of [1, 2]) {
      await expect(parameterValue('/app/none')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    }

    expect(upstreamCalls()).toEqual(['GetParameter']);
  });

  it("gets AWS's own message for a missing version", async () => {
    stage.aws.parameters.put('/app/x', { value: 'v' });

    await expect(parameterValue('/app/x:9')).rejects.toMatchObject({
      name: 'ParameterVersionNotFound',
      message: expect.stringContaining('could not find version 9'),
    });
  });

  it('reads several parameters with one call, and then none, alone or together', async () => {
    for (const name of ['/app/x', '/app/y']) stage.aws.parameters.put(name, { value: name });
    const command = new GetParametersCommand({ Names: ['/app/y', '/app/z', '/app/x', '/app/a'] });
    const first = await stage.ssm.send(command);
    const second = await stage.ssm.send(command);

    expect(second.InvalidParameters).toEqual(['/app/a', '/app/z']);
    expect(second.InvalidParameters).toEqual(first.InvalidParameters);
    expect(new Set(second.Parameters)).toEqual(new Set(first.Parameters));
    expect(await parameterValue('/app/x')).toBe('/app/x');
    expect(upstreamCalls()).toEqual(['GetParameters']);
  });

  it('reads the pages below a path once', async () => {
    for (const name of ['a', 'b', 'c']) stage.aws.parameters.put(`/app/${name}`, { value: name });
    const page = (NextToken?: string) =>
      stage.ssm.send(new GetParametersByPathCommand({ Path: '/app', MaxResults: 2, NextToken }));
    const values = [];
    for (const _ of [1, 2]) {
      const first = await page();
      const second = await page(first.NextToken);
      values.push([...(first.Parameters ?? []), ...(second.Parameters ?? [])].map(({ Value }) => Value));
    }

    expect(values).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    expect(upstreamCalls()).toEqual(['GetParametersByPath', 'GetParametersByPath']);
  });

  it('reads its own write, by every spelling of the name', async () => {
    const arn = 'arn:aws:ssm:eu-west-1:123456789012:parameter/app';
    const read = () => Promise.all(['app', '/app', arn, '/app:Dev'].map((name) => parameterValue(name)));
    stage.aws.parameters.put('app', { value: 'old', labels: ['Dev'] });
    expect(await read()).toEqual(['old', 'old', 'old', 'old']);
    await stage.ssm.send(new PutParameterCommand({ Name: '/app', Value: 'new', Overwrite: true }));

    expect(await read()).toEqual(['new', 'new', 'new', 'old']);
  });

  it('has other operations forwarded each time', async () => {
    stage.aws.parameters.put('/app/x', { value: 'v' });
    for (const _ of [1, 2]) {
      const { Parameters } = await stage.ssm.send(new DescribeParametersCommand({}));
      expect(Parameters).toMatchObject([{ Name: '/app/x' }]);
    }

    expect(upstreamCalls()).toEqual(['DescribeParameters', 'DescribeParameters']);
  });

  it('gets the error of AWS for a denied read', async () => {
    stage.aws.faults.deny('ssm:GetParameter');

    await expect(parameterValue('/app/x')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('has a throttled read not sent again by the extension', async () => {
    stage.aws.faults.throttle('ssm:GetParameter');
    await expect(parameterValue('/app/x')).rejects.toMatchObject({ name: 'ThrottlingException' });
    const calls = upstreamCalls().length;
    await expect(parameterValue('/app/x')).rejects.toMatchObject({ name: 'ThrottlingException' });

    expect(upstreamCalls()).toHaveLength(calls);
  });
});

describe('the SDK of Secrets Manager, pointed at the extension', () => {
  const read = async (SecretId: string, VersionStage?: string) => {
    const { SecretString } = await stage.secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    return SecretString;
  };

  it('reads a secret from AWS once', async () => {
    stage.aws.secrets.put('db', { string: 'v1' });
    const first = await stage.secrets.send(new GetSecretValueCommand({ SecretId: 'db' }));
    const second = await stage.secrets.send(new GetSecretValueCommand({ SecretId: 'db' }));

    expect(second).toEqual({ ...first, $metadata: second.$metadata });
    expect(second.SecretString).toBe('v1');
    expect(upstreamCalls()).toEqual(['GetSecretValue']);
  });

  it('gets the error of AWS for a missing secret, which is asked for once', async () => {
    for (const _ of [1, 2]) {
      await expect(read('none')).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: "Secrets Manager can't find the specified secret.",
      });
    }

    expect(upstreamCalls()).toEqual(['GetSecretValue']);
  });

  it('reads several secrets with one call, and then none, alone or together', async () => {
    for (const name of ['a', 'b']) stage.aws.secrets.put(name, { string: name });
    const command = new BatchGetSecretValueCommand({ SecretIdList: ['a', 'b'] });
    const values = async () => {
      const { SecretValues = [] } = await stage.secrets.send(command);
      return SecretValues.map(({ Name, SecretString }) => [Name, SecretString]).sort();
    };

    expect([await values(), await values()]).toEqual(
      Array(2).fill([
        ['a', 'a'],
        ['b', 'b'],
      ]),
    );
    expect(await read('a')).toBe('a');
    expect(upstreamCalls()).toEqual(['BatchGetSecretValue']);
  });

  it('shares no read of a pending version that began before its write', async () => {
    const version = (SecretString: string) => ({
      SecretId: 'db',
      SecretString,
      VersionStages: ['AWSPENDING'],
    });
    stage.aws.secrets.put('db', { string: 'v1' });
    await stage.secrets.send(new PutSecretValueCommand(version('v2')));
    const readPending = () =>
      exchange(stage.url, {
        path: '/secrets?id=db&stage=AWSPENDING',
        headers: { 'X-Aws-Parameters-Secrets-Token': TOKEN },
      });
    const delay = stage.aws.faults.delay('secretsmanager:GetSecretValue');
    const reads = [readPending()];
    await delay.arrived(1);
    await stage.secrets.send(new PutSecretValueCommand(version('v3')));
    reads.push(readPending());
    await exchange(stage.url, { path: '/health' });
    delay.release();

    expect((await Promise.all(reads)).map(({ body }) => body)).toEqual(['v3', 'v3']);
    expect(upstreamCalls().filter((operation) => operation === 'GetSecretValue')).toHaveLength(2);
  });

  it('reads its own write, by name, by ARN and by partial ARN', async () => {
    stage.aws.secrets.put('db', { string: 'old' });
    const arn = stage.aws.secrets.arnOf('db');
    const readAll = () => Promise.all(['db', arn, arn.slice(0, -7)].map((id) => read(id)));
    expect(await readAll()).toEqual(['old', 'old', 'old']);
    await stage.secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'new' }));

    expect(await readAll()).toEqual(['new', 'new', 'new']);
  });

  it('reads the new and the previous version after a rotation', async () => {
    stage.aws.secrets.put('db', { string: 'old' });
    stage.aws.secrets.onRotate('db', () => ({ string: 'new' }));
    expect(await read('db')).toBe('old');
    await stage.secrets.send(new RotateSecretCommand({ SecretId: 'db' }));

    expect([await read('db'), await read('db', 'AWSPREVIOUS')]).toEqual(['new', 'old']);
  });

  it('reads a parameter that refers to a secret anew after a write to the secret', async () => {
    const reference = new GetParameterCommand({
      Name: '/aws/reference/secretsmanager/db',
      WithDecryption: true,
    });
    stage.aws.secrets.put('db', { string: 'old' });
    expect((await stage.ssm.send(reference)).Parameter?.Value).toBe('old');
    await stage.secrets.send(new PutSecretValueCommand({ SecretId: 'db', SecretString: 'new' }));

    expect((await stage.ssm.send(reference)).Parameter?.Value).toBe('new');
  });

  it('has other operations forwarded', async () => {
    stage.aws.secrets.put('db', { string: 'v' });

    expect(await stage.secrets.send(new DescribeSecretCommand({ SecretId: 'db' }))).toMatchObject({
      Name: 'db',
    });
  });
});

describe('the endpoint of several services', () => {
  const post = async (target: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await exchange(stage.url, {
      method: 'POST',
      headers: { 'x-amz-target': target, ...headers },
      body: '{}',
    });
    return { status: answer.status, type: answer.headers['content-type'], json: JSON.parse(answer.body) };
  };

  it.each([
    ['DynamoDB_20120810.GetItem', '1.0', 'com.amazon.coral.service#MissingAuthenticationTokenException'],
    ['AmazonSSM.GetParameter', '1.1', 'MissingAuthenticationTokenException'],
    ['secretsmanager.GetSecretValue', '1.1', 'MissingAuthenticationTokenException'],
  ])('writes an error of %s in the format of its service', async (target, version, __type) => {
    const member = target.startsWith('secretsmanager') ? 'Message' : 'message';

    expect(await post(target)).toEqual({
      status: 400,
      type: `application/x-amz-json-${version}`,
      json: { __type, [member]: expect.stringContaining('missing Authentication Token') },
    });
  });

  it('names the services that it serves to a client of another one', async () => {
    const { json } = await post('Kinesis_20131202.PutRecord');

    expect(json).toMatchObject({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: expect.stringContaining('DynamoDB_20120810. or AmazonSSM. or secretsmanager.'),
    });
  });

  it('rejects a signature for another service', async () => {
    const { json } = await post('AmazonSSM.GetParameter', { authorization: signedBy('test') });

    expect(json).toMatchObject({
      __type: 'InvalidSignatureException',
      message: expect.stringContaining("'ssm'"),
    });
  });

  it('rejects a forged signature with the key id of the function', async () => {
    const authorization = signedBy('test').replace('dynamodb', 'ssm').replace('0000', '0'.repeat(64));
    const { json } = await post('AmazonSSM.GetParameter', { authorization });

    expect(json).toMatchObject({ __type: 'InvalidSignatureException' });
    expect(upstreamCalls()).toEqual([]);
  });

  it('names the setting of the service if its requests come back', async () => {
    const { json } = await post('secretsmanager.GetSecretValue', { 'x-dynamodb-cache-forwarded': '1' });

    expect(json.Message).toContain('CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT');
  });
});
