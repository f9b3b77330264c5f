import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ResponseTimeoutError,
  TransportError,
} from '../../../src/adapters/aws/http-client/transport-error.ts';
import { ServiceError } from '../../../src/adapters/aws/service-errors.ts';
import { asSourceError, DynamoDbItemSource } from '../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import type { DynamoDbUpstream } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { JsonLogger } from '../../../src/adapters/observability/json-logger.ts';
import {
  type CacheError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';
import { PLAIN } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import { LineCollector } from '../../contracts/logger-line-collector.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';
import { upstreamTo } from '../../support/dynamodb/upstream-to.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { answering, failing, hangingUp, ScriptedServer } from '../../support/http/scripted-server.ts';

const users = tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' } });
const secretKey = new KeyCodec(users).fromText('secret-key-value');

describe('what goes wrong on the way to DynamoDB', () => {
  let server: ScriptedServer;
  let upstream: DynamoDbUpstream;

  beforeAll(useTestCredentials);

  beforeEach(async () => {
    server = await ScriptedServer.start();
    upstream = upstreamTo({ region: 'us-east-1', endpoint: server.url });
  });

  afterEach(async () => {
    upstream.close();
    await server.close();
  });

  const read = (signal = new AbortController().signal): Promise<unknown> =>
    new DynamoDbItemSource([users], upstream, new FakeClock()).read(secretKey, {
      contentTypes: [PLAIN],
      signal,
    });
  const failure = async (): Promise<CacheError> => {
    const [outcome] = await Promise.allSettled([read()]);
    if (outcome.status === 'fulfilled') throw new Error('the read did not fail');
    return outcome.reason;
  };

  it.each([
    ['ProvisionedThroughputExceededException', 400],
    ['ThrottlingException', 400],
    ['RequestLimitExceeded', 400],
    ['Throttling', 503],
    ['TooManyRequestsException', 429],
  ])('calls %s throttling, and says when to ask again', async (name, status) => {
    server.answerWith(failing(status, name));
    const error = await failure();

    expect(error).toBeInstanceOf(SourceThrottledError);
    expect(error.retryAfterMs).toBe(1000);
  });

  it('calls a 429 throttling, whoever says it', async () => {
    server.answerWith(answering(429, '<html>slow down</html>'));

    expect(await failure()).toBeInstanceOf(SourceThrottledError);
  });

  it.each([
    ['in a header', answering(400, '{}', { 'x-amzn-errortype': 'ThrottlingException:http://internal/' })],
    ['as a code', answering(400, '{"code":"ThrottlingException"}')],
    ['with more behind it', answering(400, '{"__type":"coral#ThrottlingException:http://internal/"}')],
    ['without a namespace', answering(400, '{"__type":"ThrottlingException"}')],
  ])('finds the name of an error that stands %s', async (_, answer) => {
    server.answerWith(answer);

    expect(await failure()).toMatchObject({ code: 'throttled', cause: { name: 'ThrottlingException' } });
  });

  it('finds the name of an error that stands in a header where there is no body', async () => {
    server.answerWith(answering(403, '', { 'x-amzn-errortype': 'AccessDeniedException' }));

    expect(await failure()).toMatchObject({
      code: 'upstream_refused',
      cause: { name: 'AccessDeniedException' },
    });
  });

  it('keeps name and status of an error for the log', async () => {
    server.answerWith(failing(400, 'ValidationException'));

    expect((await failure()).cause).toMatchObject({ name: 'ValidationException', status: 400 });
  });

  it.each(['message', 'Message'])('keeps what DynamoDB says as its %s out of the log', async (member) => {
    const words = "the Canonical String should have been 'x-amz-security-token:secret'";
    server.answerWith(
      answering(400, JSON.stringify({ __type: 'a#InvalidSignatureException', [member]: words })),
    );
    const error = await failure();
    const output = new LineCollector();
    new JsonLogger({ output, clock: new FakeClock(), level: 'debug' }).error('failed', { error });

    expect(error.cause).toBeInstanceOf(ServiceError);
    expect(output.text).toContain('InvalidSignatureException');
    expect(`${inspect(error, { depth: null, showHidden: true })}${output.text}`).not.toMatch(
      /Canonical|secret/,
    );
  });

  it.each([
    ['AccessDeniedException', /role needs dynamodb:GetItem/],
    ['ResourceNotFoundException', /no such table, check table and region/],
    ['ValidationException', /check hashKey, sortKey, their types and fields/],
    ['UnrecognizedClientException', /credentials were rejected/],
    ['ExpiredTokenException', /credentials have expired/],
    ['InvalidSignatureException', /check credentials and region/],
    ['IncompleteSignatureException', /the request was rejected/],
    ['SomethingNewException', /the request was rejected with SomethingNewException/],
    ['constructor', /the request was rejected/],
  ])('calls %s a refusal, with a hint', async (name, hint) => {
    server.answerWith(failing(400, name, 'arn:aws:iam::123456789012:role/x may not read secret-key-value'));
    const error = await failure();

    expect(error).toBeInstanceOf(SourceRefusedError);
    expect(error.cause).toMatchObject({ name });
    expect(error.message).toMatch(hint);
    expect(error.message).toContain('Users');
    expect(error.message).not.toMatch(/secret|arn:/);
  });

  it.each([
    ['InternalServerError', failing(500, 'InternalServerError')],
    ['InternalFailure', failing(500, 'InternalFailure')],
    ['a 503 without a body', answering(503, '')],
    [
      'a 502 in HTML',
      answering(502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' }),
    ],
    ['a 403 that says nothing', answering(403, '')],
    ['a 403 with an empty object', answering(403, '{}')],
    ['a 403 with an array', answering(403, '[]')],
    ['a 403 with an array and a name', answering(403, '[]', { 'x-amzn-errortype': 'AccessDeniedException' })],
    ['a 403 of a proxy', answering(403, '{"error":"blocked by proxy"}')],
    ['a 403 whose code is a number', answering(403, '{"code":403}')],
    ['a 403 whose name is empty', answering(403, '{"__type":"a#"}')],
    ['a 403 whose name is none', answering(403, '{"__type":"the secret is out"}')],
    ['a 403 in HTML, which is not from DynamoDB', answering(403, '<html>proxy</html>')],
    ['a 400 whose reason is no object', answering(400, 'null')],
    ['a 400 whose reason has no name', answering(400, '{"__type":{"secret":1}}')],
    ['a 400 that is compressed', answering(400, Uint8Array.of(0x1f, 0x8b), { 'content-encoding': 'gzip' })],
    ['a redirection', answering(302, '{"__type":"ValidationException"}', { location: '/' })],
    ['an empty success', answering(200, '')],
    ['a success in HTML', answering(200, '<html>captive portal</html>')],
    ['half a success', answering(200, '{"Item":{"id":{"S":"secret')],
    ['a success of another kind', answering(204, '')],
    ['a compressed success', answering(200, Uint8Array.of(0x1f, 0x8b, 8, 0), { 'content-encoding': 'gzip' })],
  ])('calls %s an answer that cannot be used', async (_, answer) => {
    server.answerWith(answer);
    const error = await failure();

    expect(error).toBeInstanceOf(SourceUnavailableError);
    // The causes go into the log too, and what parsers throw quotes what they were given.
    expect(inspect(error)).not.toContain('secret');
  });

  it('calls what is no HTTP an answer that cannot be used', async () => {
    server.answerWith((response) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'));

    expect(await failure()).toBeInstanceOf(SourceUnavailableError);
  });

  it('calls a connection that ends without an answer lost', async () => {
    server.answerWith(hangingUp);

    expect(await failure()).toBeInstanceOf(SourceConnectionError);
  });

  it('calls a connection that ends within an answer lost', async () => {
    server.answerWith((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"Item":', () => response.destroy());
    });

    expect(await failure()).toBeInstanceOf(SourceConnectionError);
  });

  it('calls a refused connection lost', async () => {
    await server.close();
    const error = await failure();
    server = await ScriptedServer.start();

    expect(error).toBeInstanceOf(SourceConnectionError);
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('calls a host that cannot be found lost contact', async () => {
    upstream = upstreamTo({ region: 'us-east-1', endpoint: 'http://nowhere.invalid' });

    expect(await failure()).toMatchObject({ lostContact: true });
  });

  it.each([
    ['an error of the service', failing(500, 'InternalServerError')],
    ['throttling', failing(400, 'ThrottlingException')],
    ['a refusal', failing(400, 'AccessDeniedException')],
    ['a lost connection', hangingUp],
    ['an answer that cannot be read', answering(200, '{')],
  ])('asks once only, after %s too', async (_, answer) => {
    server.answerWith(answer);
    await failure();

    expect(server.received).toHaveLength(1);
  });

  it('calls it a time-out when the reader gives up, before an answer or within it', async () => {
    for (const begin of [() => {}, (text: string) => text]) {
      const controller = new AbortController();
      server.answerWith((response) => {
        if (begin('') !== undefined) response.writeHead(200).write('{"Item":');
        controller.abort(new Error('enough'));
      });

      await expect(read(controller.signal)).rejects.toBeInstanceOf(SourceTimeoutError);
    }
  });

  it.each([
    ['silence', new ResponseTimeoutError('no answer came in time')],
    ["the system's patience", Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' })],
  ])('calls it a time-out when it was ended by %s', (_, cause) => {
    const { signal } = new AbortController();
    const call = { operation: 'GetItem', table: 'Users', signal };

    expect(asSourceError(new TransportError(cause), call)).toBeInstanceOf(SourceTimeoutError);
  });

  it('says so when there are no credentials, and sends nothing', async () => {
    const { AWS_ACCESS_KEY_ID: id } = process.env;
    delete process.env.AWS_ACCESS_KEY_ID;
    const error = await failure();
    process.env.AWS_ACCESS_KEY_ID = id;

    expect(error).toBeInstanceOf(SourceUnavailableError);
    expect(error.message).toMatch(
      /no AWS credentials were found in AWS_ACCESS_KEY_ID .*; set these two variables/,
    );
    expect(server.received).toHaveLength(0);
  });

  it('says so when the region is unknown', async () => {
    upstream = upstreamTo({ endpoint: server.url });

    await expect(read()).rejects.toThrow(/the region of the call is unknown/);
    await expect(read()).rejects.toBeInstanceOf(SourceRefusedError);
  });
});

describe('asSourceError', () => {
  it('names the role that lacks a permission, if it is not that of the function', () => {
    const roleArn = 'arn:aws:iam::111122223333:role/reader';
    const call = { operation: 'GetItem', table: 'Things', signal: new AbortController().signal };
    const denied = new ServiceError('AccessDeniedException', 400);

    expect(asSourceError(denied, { ...call, role: { roleArn } }).message).toContain(
      `access denied, the role ${roleArn} needs dynamodb:GetItem`,
    );
    expect(asSourceError(denied, call).message).toContain("access denied, the function's role needs");
  });
});
