import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crc32 } from '../../src/adapters/http/sdk-endpoint/wire-answer.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { postOperation, signedBy, type WireOperation } from '../support/dynamodb/wire.ts';
import { EndpointUnderTest, type Way } from '../support/endpoint/endpoint-under-test.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';
import { answering, hangingUp, ScriptedServer, silent } from '../support/http/scripted-server.ts';

const READ: WireOperation = { target: 'DynamoDB_20120810.Query', body: '{"TableName":"Users"}' };
const WRITE: WireOperation = { target: 'DynamoDB_20120810.UpdateItem', body: '{"TableName":"Users"}' };

describe.each<Way>(['raw', 'web'])('what is forwarded, the %s way,', (way) => {
  let upstream: ScriptedServer;
  let endpoint: EndpointUnderTest;
  let agent: Agent;

  beforeEach(async () => {
    useTestCredentials();
    upstream = await ScriptedServer.start();
    endpoint = await EndpointUnderTest.inFrontOf(upstream.url, {}, way);
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });

  afterEach(async () => {
    agent.destroy();
    await endpoint.close();
    await upstream.close();
  });

  const ask = (operation: WireOperation): Promise<HttpAnswer> =>
    postOperation(endpoint.url, operation, agent);

  it('reaches DynamoDB byte for byte, whatever the operation', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x22, 0xc3, 0x28, 0x7d]);
    await ask({ target: 'DynamoDB_20120810.NotThoughtOfYet', body });

    expect(upstream.received[0]?.line).toBe('POST /');
    expect(upstream.received[0]?.headers['x-amz-target']).toBe('DynamoDB_20120810.NotThoughtOfYet');
    expect(upstream.received[0]?.body).toEqual(body);
  });

  it('keeps what SDKs say of themselves and their attempts, and nothing of the connection', async () => {
    await ask({
      ...READ,
      headers: {
        'user-agent': 'aws-sdk-go-v2/1.30',
        'amz-sdk-invocation-id': 'abc',
        'amz-sdk-request': 'attempt=2; max=3',
        'x-amzn-trace-id': 'Root=1-2-3',
        'x-aws-parameters-secrets-token': 'ours',
        te: 'trailers',
        connection: 'close, X-Of-This-Hop',
        'x-of-this-hop': 'yes',
      },
    });

    const headers = upstream.received[0]?.headers;
    expect(headers).toMatchObject({
      'user-agent': 'aws-sdk-go-v2/1.30',
      'amz-sdk-invocation-id': 'abc',
      'amz-sdk-request': 'attempt=2; max=3',
      'x-amzn-trace-id': 'Root=1-2-3',
      host: upstream.host,
    });
    expect(headers).not.toHaveProperty('x-aws-parameters-secrets-token');
    expect(headers).not.toHaveProperty('te');
    expect(headers).not.toHaveProperty('x-of-this-hop');
  });

  it('comes back byte for byte, with its headers', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x22, 0xc3, 0x28, 0x7d]);
    upstream.answerWith(answering(200, body, { 'x-amzn-requestid': 'ID', 'x-amz-crc32': '1234' }));
    const answer = await ask(READ);

    expect(answer.status).toBe(200);
    expect(answer.bytes).toEqual(body);
    expect(answer.headers).toMatchObject({ 'x-amzn-requestid': 'ID', 'x-amz-crc32': '1234' });
  });

  it.each([400, 413, 500, 503])('comes back as it is when it is an error of status %d', async (status) => {
    const body = '{"__type":"com.amazonaws.dynamodb.v20120810#Whatever","message":"so","Reasons":[1.50]}';
    upstream.answerWith(answering(status, body));
    const answer = await ask(WRITE);

    expect([answer.status, answer.body]).toEqual([status, body]);
  });

  it('is never asked for in a compressed form', async () => {
    await ask({ ...READ, headers: { 'accept-encoding': 'gzip, br' } });

    expect(upstream.received[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('stays as it is if it comes compressed all the same, since its checksum is of those bytes', async () => {
    const body = gzipSync('{"Items":[]}');
    upstream.answerWith(
      answering(200, body, { 'content-encoding': 'gzip', 'x-amz-crc32': String(crc32(body)) }),
    );
    const answer = await ask(READ);

    expect(answer.bytes).toEqual(body);
    expect(answer.headers).toMatchObject({
      'content-encoding': 'gzip',
      'x-amz-crc32': String(crc32(body)),
    });
  });

  it('has a checksum and an id of its own where it came without', async () => {
    upstream.answerWith(answering(200, '{"Items":[]}'));
    const [first, second] = [await ask(READ), await ask(READ)];

    expect(first.headers['x-amz-crc32']).toBe(String(crc32(Buffer.from('{"Items":[]}'))));
    expect(first.headers['x-amzn-requestid']).toMatch(/./);
    expect(second.headers['x-amzn-requestid']).not.toBe(first.headers['x-amzn-requestid']);
  });

  it('may be as long as DynamoDB takes it', async () => {
    const body = Buffer.alloc(16 * 1024 * 1024, 'a');
    await ask({ ...WRITE, body });

    expect(upstream.received[0]?.body.equals(body)).toBe(true);
  });

  it('may be of a length that nobody said', async () => {
    const call = request(endpoint.url, {
      method: 'POST',
      agent,
      headers: {
        'x-amz-target': WRITE.target,
        authorization: signedBy('test'),
        'transfer-encoding': 'chunked',
      },
    });
    call.write('{"TableName":');
    call.end('"Users"}');
    const [response] = await once(call, 'response');
    response.resume();

    expect(upstream.received[0]?.body.toString()).toBe('{"TableName":"Users"}');
  });

  it.each([true, false])('is refused beyond that before it is read, its length said: %s', async (isSaid) => {
    const call = request(endpoint.url, {
      method: 'POST',
      headers: {
        'x-amz-target': WRITE.target,
        authorization: signedBy('test'),
        ...(isSaid ? { 'content-length': 18 * 1024 * 1024 } : { 'transfer-encoding': 'chunked' }),
      },
    });
    call.on('error', () => undefined);
    const answered = once(call, 'response');
    call.write(Buffer.alloc(isSaid ? 1 : 18 * 1024 * 1024));
    const [response] = await answered;
    call.destroy();

    expect(response.statusCode).toBe(413);
    expect(upstream.received).toEqual([]);
  });

  it('keeps connections on both sides', async () => {
    for (const operation of [READ, WRITE, READ]) await ask(operation);

    expect(upstream.sockets).toHaveLength(1);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  });

  it('is given up when the client gives it up', async () => {
    upstream.answerWith(silent);
    const call = request(endpoint.url, {
      method: 'POST',
      headers: { 'x-amz-target': WRITE.target, authorization: signedBy('test') },
    });
    call.on('error', () => undefined);
    call.end('{}');
    await upstream.next();
    const gone = once(upstream.sockets[0] ?? call, 'close');
    call.destroy();

    await gone;
  });

  it('is tried again on a fresh connection if it changes nothing and met a dead one', async () => {
    await ask(READ);
    upstream.answerWith((response, received) => {
      upstream.answerWith(answering(200, '{"again":true}'));
      hangingUp(response, received);
    });

    expect((await ask(READ)).body).toBe('{"again":true}');
    expect(upstream.sockets).toHaveLength(2);
  });

  it('is left to the client to try again if it may change something', async () => {
    await ask(READ);
    upstream.answerWith(hangingUp);
    const answer = await ask(WRITE);

    expect(upstream.received).toHaveLength(2);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({
      __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    });
  });

  it('is answered with ServiceUnavailable where there is no connection, which SDKs try again', async () => {
    await upstream.close();
    const answer = await ask(WRITE);
    upstream = await ScriptedServer.start();

    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({
      __type: 'com.amazonaws.dynamodb.v20120810#ServiceUnavailable',
      message: expect.stringMatching(
        /^dynamodb-cache: DynamoDB cannot be reached: ECONNREFUSED 127\.0\.0\.1:\d+; nothing listens there/,
      ),
    });
    expect(answer.headers['x-amz-crc32']).toBe(String(crc32(answer.bytes)));
  });

  // The listener that stands in for the server's own there writes to the console when that happens.
  const unlessWeb = way === 'web' ? it.skip : it;
  unlessWeb('is not passed on as whole when the connection breaks within it', async () => {
    upstream.answerWith((response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(Buffer.alloc(100_000), () => response.destroy());
    });

    await expect(ask(READ)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
