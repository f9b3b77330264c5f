import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSignature } from '../../src/adapters/aws/sigv4/sigv4-caller-recogniser.ts';
import { isSignedBy } from '../../src/adapters/aws/sigv4/verified-signature.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { postOperation, signedBy } from '../support/dynamodb/wire.ts';
import { EndpointUnderTest, type Way } from '../support/endpoint/endpoint-under-test.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';
import { answering, type ReceivedRequest, ScriptedServer } from '../support/http/scripted-server.ts';

const TARGET = 'DynamoDB_20120810.ListTables';
const OURS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Whether DynamoDB would take the signature, at the time that it tells. */
const isRight = ({ headers, body }: ReceivedRequest | undefined = never()): boolean => {
  const text = headers.authorization ?? '';
  const signature = readSignature(text);
  if (signature === undefined) throw new Error(`no signature: ${text}`);
  const request = {
    operation: '',
    headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body,
    signal: new AbortController().signal,
  };
  const time = String(headers['x-amz-date']).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
  return isSignedBy(OURS, signature, request, Date.parse(time));
};

const never = (): never => {
  throw new Error('nothing was received');
};

describe.each<Way>(['raw', 'web'])('who asks through the extension, the %s way,', (way) => {
  let upstream: ScriptedServer;
  let endpoint: EndpointUnderTest;

  beforeEach(async () => {
    useTestCredentials();
    upstream = await ScriptedServer.start();
    endpoint = await EndpointUnderTest.inFrontOf(upstream.url, {}, way);
  });

  afterEach(async () => {
    await endpoint.close();
    await upstream.close();
  });

  const ask = (headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> =>
    postOperation(endpoint.url, { target: TARGET, body: '{}', headers });
  const problem = ({ status, body }: HttpAnswer): unknown => [status, JSON.parse(body.toString()).__type];

  it('is signed for anew, for the host of DynamoDB and with our own session', async () => {
    process.env.AWS_SESSION_TOKEN = 'our session';
    await ask({ 'x-amz-security-token': 'the session of the client', 'x-amz-content-sha256': 'UNSIGNED' });

    const [received] = upstream.received;
    expect(received?.headers).toMatchObject({ host: upstream.host, 'x-amz-security-token': 'our session' });
    expect(received?.headers).not.toHaveProperty('x-amz-content-sha256');
    expect(isRight(received)).toBe(true);
  });

  it('keeps the region that it signed for', async () => {
    await ask({ authorization: signedBy('test', 'ap-south-1') });

    expect(upstream.received[0]?.headers.authorization).toContain('/ap-south-1/dynamodb/aws4_request');
    expect(isRight(upstream.received[0])).toBe(true);
  });

  it('keeps the time of its own clock, which it has set by what DynamoDB told it', async () => {
    await ask({ 'x-amz-date': '20251231T235959Z' });

    expect(upstream.received[0]?.headers['x-amz-date']).toBe('20251231T235959Z');
    expect(upstream.received[0]?.headers.authorization).toContain('Credential=test/20251231/');
    expect(isRight(upstream.received[0])).toBe(true);
  });

  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ['one header', { 'x-amz-user-agent': 'aws-sdk-js/3' }, ['x-amz-user-agent']],
    [
      'a header that sorts first',
      { 'x-amz-account': '1', 'x-amz-zone': 'z' },
      ['x-amz-account', 'x-amz-zone'],
    ],
    ['a name in capitals and spaces in the value', { 'X-Amz-Meta': ' a   b ' }, ['x-amz-meta']],
    ['an empty value', { 'x-amz-empty': '' }, ['x-amz-empty']],
  ])('signs every x-amz header that is forwarded: %s', async (_, headers, names) => {
    await ask(headers);

    const [received] = upstream.received;
    const signed = readSignature(received?.headers.authorization ?? '')?.signedHeaders ?? [];
    const sent = Object.keys(received?.headers ?? {}).filter((name) => name.startsWith('x-amz-'));
    expect(sent).toEqual(expect.arrayContaining([...names]));
    expect(signed).toEqual(expect.arrayContaining(sent));
    expect(signed).toEqual([...signed].sort());
    expect(isRight(received)).toBe(true);
  });

  it('signs neither a header that is not forwarded nor one that a proxy may change', async () => {
    await ask({ connection: 'X-Amz-Hop', 'x-amz-hop': '1', 'x-amzn-trace-id': 'Root=1', 'x-amzx': '1' });

    const [received] = upstream.received;
    const signed = readSignature(received?.headers.authorization ?? '')?.signedHeaders;
    expect(received?.headers).not.toHaveProperty('x-amz-hop');
    expect(received?.headers).toHaveProperty('x-amzn-trace-id', 'Root=1');
    expect(signed).toEqual(['content-type', 'host', 'x-amz-date', 'x-amz-target']);
    expect(isRight(received)).toBe(true);
  });

  it('is refused with credentials that are not ours, and DynamoDB hears nothing of it', async () => {
    const answer = await ask({ authorization: signedBy('ASIAASSUMEDROLE') });

    expect(problem(answer)).toEqual([400, 'com.amazon.coral.service#UnrecognizedClientException']);
    expect(answer.body).toContain('not signed with the credentials of the function');
    expect(upstream.received).toEqual([]);
  });

  it('is an error in the SDK that says why', async () => {
    const credentials = { accessKeyId: 'assumed', secretAccessKey: 'role' };
    const sent = endpoint.client({ credentials }).send(new ListTablesCommand({}));

    await expect(sent).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: expect.stringContaining('not signed with the credentials of the function'),
    });
  });

  it.each([
    ['MissingAuthenticationTokenException', ''],
    ['IncompleteSignatureException', 'AWS4-ECDSA-P256-SHA256 Credential=test/20260101/dynamodb/aws4_request'],
    ['IncompleteSignatureException', 'Bearer token'],
    ['InvalidSignatureException', signedBy('test').replace('/dynamodb/', '/s3/')],
    ['InvalidSignatureException', signedBy('test', 'us-east-1.evil.example#')],
    ['InvalidSignatureException', signedBy('test', 'a'.repeat(64))],
  ])('is refused with %s if the Authorization is "%s"', async (type, authorization) => {
    const answer = await ask({ authorization });

    expect(problem(answer)).toEqual([400, `com.amazon.coral.service#${type}`]);
    expect(upstream.received).toEqual([]);
  });

  const QUERY =
    'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fdynamodb%2Faws4_request' +
    '&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0000';

  it.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ['a presigned URL', QUERY, { authorization: '' }],
    ['a presigned URL and a signed header', QUERY, {}],
    ['names in small letters', QUERY.toLowerCase(), { authorization: '' }],
    ['percent-encoded names', QUERY.replaceAll('X-Amz-', 'X%2DAmz%2D'), { authorization: '' }],
    ['Signature Version 2', 'AWSAccessKeyId=test&SignatureVersion=2&Signature=0000', { authorization: '' }],
    ['a signature behind other parameters', `a=1&${QUERY}`, { authorization: '' }],
  ])('is told that a signature in the query string is not accepted: %s', async (_, query, headers) => {
    const answer = await postOperation(`${endpoint.url}/?${query}`, { target: TARGET, body: '{}', headers });

    expect(problem(answer)).toEqual([400, 'com.amazon.coral.service#MissingAuthenticationTokenException']);
    expect(answer.body).toContain('query string');
    expect(upstream.received).toEqual([]);
  });

  it('is told so without an X-Amz-Target, too', async () => {
    const answer = await fetch(`${endpoint.url}/?${QUERY}&X-Amz-Target=${TARGET}`, {
      method: 'POST',
      body: '{}',
    });

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('query string');
  });

  it('may have a query string that holds no signature', async () => {
    const answer = await postOperation(`${endpoint.url}/?X-Amz-Signatures=1`, { target: TARGET, body: '{}' });

    expect(answer.status).toBe(200);
    expect(upstream.received).toHaveLength(1);
  });

  it('is refused if it comes back from where we sent it', async () => {
    await endpoint.close();
    endpoint = await EndpointUnderTest.inFrontOf(upstream.url, {}, way);
    upstream.answerWith((response, { headers }) => {
      // Somebody leads what we forward back to us.
      const back = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      void postOperation(endpoint.url, {
        target: TARGET,
        body: '{}',
        headers: { ...back, host: '127.0.0.1' },
      }).then((answer) => answering(answer.status, answer.bytes)(response));
    });
    const answer = await ask();

    expect(problem(answer)).toEqual([400, 'com.amazon.coral.service#AccessDeniedException']);
    expect(answer.body).toContain('the extension forwards requests to itself');
    expect(upstream.received).toHaveLength(1);
  });

  it.each([
    ['a foreign host', { host: 'rebound.example' }],
    ['a proxy', { 'x-forwarded-for': '10.0.0.1' }],
    ['a web page', { origin: 'https://evil.example' }],
  ])('is refused if it comes from %s', async (_, headers) => {
    const answer = await ask(headers);

    expect(problem(answer)).toEqual([400, 'com.amazon.coral.service#AccessDeniedException']);
    expect(upstream.received).toEqual([]);
  });

  it.each(['DynamoDBStreams_20120810.GetRecords', 'Kinesis_20131202.PutRecord', 'DynamoDB_20111205.GetItem'])(
    'is told that %s is of another service',
    async (target) => {
      const answer = await postOperation(endpoint.url, { target, body: '{}' });

      expect(problem(answer)).toEqual([400, 'com.amazon.coral.service#UnknownOperationException']);
      expect(answer.body).toContain('AWS_ENDPOINT_URL');
      expect(upstream.received).toEqual([]);
    },
  );
});

describe('who asks through an extension with a token', () => {
  let upstream: ScriptedServer;
  let endpoint: EndpointUnderTest;

  beforeEach(async () => {
    useTestCredentials();
    upstream = await ScriptedServer.start();
    upstream.answerWith(answering(200, '{"TableNames":[]}'));
    endpoint = await EndpointUnderTest.inFrontOf(upstream.url, { token: 'sesame' });
  });

  afterEach(async () => {
    await endpoint.close();
    await upstream.close();
  });

  it('needs no token with a signature that is right', async () => {
    const { TableNames } = await endpoint.client().send(new ListTablesCommand({}));

    expect(TableNames).toEqual([]);
  });

  it('is refused with a signature of another secret', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'guessed' };
    const sent = endpoint.client({ credentials }).send(new ListTablesCommand({}));

    await expect(sent).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(upstream.received).toEqual([]);
  });

  it('is refused without a signature, even with the token', async () => {
    const headers = { 'x-aws-parameters-secrets-token': 'sesame' };
    const { status } = await postOperation(endpoint.url, { target: TARGET, body: '{}', headers });

    expect(status).toBe(400);
    expect(upstream.received).toEqual([]);
  });
});
