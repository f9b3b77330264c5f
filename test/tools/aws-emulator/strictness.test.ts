import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AWS_CREDENTIALS, type AwsFixture, startAwsFixture } from '../../support/aws-emulator/fixture.ts';
import type { AwsRequest, SignedCallerOptions } from '../../support/aws-emulator/signed-caller.ts';

let fixture: AwsFixture;

beforeEach(async () => {
  fixture = await startAwsFixture();
  fixture.aws.parameters.put('/a/x', { value: 'v' });
});
afterEach(() => fixture.aws.close());

const without =
  (name: string): NonNullable<SignedCallerOptions['tamper']> =>
  (headers) =>
    Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
const replaced =
  (name: string, from: string | RegExp, to: string): NonNullable<SignedCallerOptions['tamper']> =>
  (headers) => ({ ...headers, [name]: (headers[name] ?? '').replace(from, to) });
const INPUT = { Name: '/a/x' };

/** Each request differs from a valid one in one point. */
const SIGNATURES: readonly (readonly [string, Partial<SignedCallerOptions>, Partial<AwsRequest>, string])[] =
  [
    ['without a signature', { tamper: without('authorization') }, {}, 'MissingAuthenticationTokenException'],
    ['without a date', { tamper: without('x-amz-date') }, {}, 'IncompleteSignatureException'],
    [
      'with half an Authorization header',
      { tamper: replaced('authorization', /, Signature=.*/, '') },
      {},
      'IncompleteSignatureException',
    ],
    [
      'with an unknown access key',
      { credentials: { ...AWS_CREDENTIALS, accessKeyId: 'AKIDOTHER' } },
      {},
      'UnrecognizedClientException',
    ],
    [
      'with another session token',
      { credentials: { ...AWS_CREDENTIALS, sessionToken: 'other' } },
      {},
      'UnrecognizedClientException',
    ],
    [
      'without the session token',
      { credentials: { accessKeyId: 'AKIDEMULATED', secretAccessKey: 'emulated-secret' } },
      {},
      'UnrecognizedClientException',
    ],
    [
      'with another secret',
      { credentials: { ...AWS_CREDENTIALS, secretAccessKey: 'other' } },
      {},
      'InvalidSignatureException',
    ],
    ['for another region', { region: 'us-east-1' }, {}, 'InvalidSignatureException'],
    ['for another service', {}, { service: 'secretsmanager' }, 'InvalidSignatureException'],
    [
      'with another target than was signed',
      { tamper: replaced('x-amz-target', 'GetParameter', 'DeleteParameter') },
      {},
      'InvalidSignatureException',
    ],
    ['with another body than was signed', { sentBody: '{"Name":"/a/y"}' }, {}, 'InvalidSignatureException'],
    [
      'with an unsigned x-amz header',
      { tamper: (headers) => ({ ...headers, 'x-amz-meta': '1' }) },
      {},
      'InvalidSignatureException',
    ],
    [
      'with a hash of another body',
      {},
      { headers: { 'x-amz-content-sha256': 'e3b0' } },
      'InvalidSignatureException',
    ],
  ];

describe('the signature of a request', () => {
  it.each(SIGNATURES)('is checked %s', async (_, options, change, type) => {
    const answer = await fixture.client.with(options).ssm('GetParameter', INPUT, change);

    expect(answer.json).toMatchObject({ __type: type });
    expect(answer.status).toBe(400);
  });

  it.each([
    ['older', -300_001, 400],
    ['as old', -299_000, 200],
    ['newer', 301_500, 400],
    ['as new', 300_000, 200],
  ])('may be five minutes off, and not more: %s', async (_, offset, status) => {
    const client = fixture.client.with({ now: () => fixture.now + offset });

    expect((await client.ssm('GetParameter', INPUT)).status).toBe(status);
  });

  it('has 403 and an error header in the REST protocol', async () => {
    const client = fixture.client.with({ region: 'us-east-1' });
    const { status, headers, json } = await client.poll('x');

    expect([status, headers['x-amzn-errortype']]).toEqual([403, 'InvalidSignatureException']);
    expect(json).toEqual({ message: expect.any(String) });
  });

  it('is valid with the credentials that follow expired ones', async () => {
    const next = { accessKeyId: 'AKIDNEXT', secretAccessKey: 'next' };
    fixture.aws.faults.expireCredentials(next);

    expect((await fixture.client.ssm('GetParameter', INPUT)).json).toEqual({
      __type: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
    expect((await fixture.client.with({ credentials: next }).ssm('GetParameter', INPUT)).status).toBe(200);
  });
});

describe('the form of a request', () => {
  const send = (change: Partial<AwsRequest>) => fixture.client.ssm('GetParameter', INPUT, change);

  it.each([
    [
      'an unknown operation',
      { headers: { 'x-amz-target': 'AmazonSSM.Nope' } },
      400,
      'UnknownOperationException',
    ],
    ['another path', { path: '/x' }, 400, 'UnknownOperationException'],
    ['another method', { method: 'PUT' }, 400, 'UnknownOperationException'],
    ['a body that is no JSON', { body: '{' }, 400, 'SerializationException'],
    ['a body that is no object', { body: '[]' }, 400, 'SerializationException'],
    ['a number in place of a text', { body: '{"Name":1}' }, 400, 'SerializationException'],
    [
      'a text in place of a boolean',
      { body: '{"Name":"a","WithDecryption":"true"}' },
      400,
      'SerializationException',
    ],
    ['an unknown member', { body: '{"Name":"a","Nope":1}' }, 400, 'ValidationException'],
    ['no name', { body: '{}' }, 400, 'ValidationException'],
    ['an empty name', { body: '{"Name":""}' }, 400, 'ValidationException'],
    [
      'a name of more than 2048 characters',
      { body: `{"Name":"${'x'.repeat(2049)}"}` },
      400,
      'ValidationException',
    ],
  ])('is checked: %s', async (_, change, status, type) => {
    const answer = await send(change);

    expect(answer.json).toMatchObject({ __type: type });
    expect(answer.status).toBe(status);
  });

  it.each([
    ['an unknown service', { 'x-amz-target': 'DynamoDB_20120810.GetItem' }],
    ['another content type', { 'content-type': 'application/json' }],
  ])('is answered with 404 for %s', async (_, headers) => {
    const { status, body } = await send({ headers });

    expect([status, body]).toEqual([404, '<UnknownOperationException/>\n']);
  });
});

describe('the calls', () => {
  it('list every request, also failed ones', async () => {
    const { calls } = fixture.aws;
    await fixture.client.ssm('GetParameter', INPUT);
    await fixture.client.with({ region: 'us-east-1' }).secrets('GetSecretValue', { SecretId: 'x' });
    await fixture.client.poll('t');
    await fixture.client.ssm('GetParameter', INPUT, { headers: { 'x-amz-target': 'Nope.Nope' } });

    const signed = { at: fixture.now, accessKeyId: AWS_CREDENTIALS.accessKeyId };
    expect(calls.all).toEqual([
      { service: 'ssm', operation: 'GetParameter', input: INPUT, ...signed },
      { service: 'secretsmanager', operation: 'GetSecretValue', input: { SecretId: 'x' }, ...signed },
      {
        service: 'appconfigdata',
        operation: 'GetLatestConfiguration',
        input: { ConfigurationToken: 't' },
        ...signed,
      },
      { service: undefined, operation: undefined, input: undefined, ...signed },
    ]);
    expect(calls.of('GetParameter')).toHaveLength(1);
    calls.clear();
    expect(calls.all).toEqual([]);
  });
});
