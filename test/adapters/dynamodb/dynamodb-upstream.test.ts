import { pipeline, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TransportError } from '../../../src/adapters/aws/http-client/transport-error.ts';
import type { DynamoDbUpstream, UpstreamCall } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';
import { upstreamTo } from '../../support/dynamodb/upstream-to.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { answering, failing, hangingUp, ScriptedServer } from '../../support/http/scripted-server.ts';

const CALL: UpstreamCall = {
  operation: 'GetItem',
  input: { TableName: 'Users', Key: { id: { S: 'a' } }, ConsistentRead: false },
};
const found = answering(200, '{"Item":{"n":{"N":"1.50"}}}');

/** A credentials endpoint like that of a restored sandbox, to which the environment points from now on. */
const startCredentials = async (onRequest: (answer: () => void) => void): Promise<ScriptedServer> => {
  const body = JSON.stringify({
    AccessKeyId: 'restored',
    SecretAccessKey: 'secret',
    Token: 'token',
    Expiration: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const server = await ScriptedServer.start((response) => {
    onRequest(() => answering(200, body)(response));
  });
  delete process.env.AWS_ACCESS_KEY_ID;
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = server.url;
  process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN = 'sandbox';
  return server;
};

describe('DynamoDbUpstream', () => {
  let server: ScriptedServer;
  let clock: FakeClock;
  let upstream: DynamoDbUpstream;

  beforeEach(async () => {
    useTestCredentials();
    server = await ScriptedServer.start(found);
    clock = new FakeClock();
    upstream = upstreamTo({ region: 'us-east-1', endpoint: server.url }, clock);
  });

  afterEach(async () => {
    upstream.close();
    await server.close();
  });

  const send = (region?: string, signal = new AbortController().signal): Promise<Uint8Array> =>
    upstream.send(CALL, region, signal);

  it('resolves with the very bytes of the answer', async () => {
    expect(Buffer.from(await send()).toString()).toBe('{"Item":{"n":{"N":"1.50"}}}');
  });

  it('rejects a longer answer than DynamoDB can mean', async () => {
    const origin = await ScriptedServer.start();
    const mebibyte = Buffer.alloc(1024 * 1024, ' ');
    origin.answerWith((response) => {
      pipeline(Readable.from(Array<Buffer>(18).fill(mebibyte)), response, () => undefined);
    });
    upstream = upstreamTo({ region: 'us-east-1', endpoint: origin.url }, clock);

    await expect(send()).rejects.toMatchObject({
      name: 'TransportError',
      cause: { name: 'ResponseTooLongError' },
    });
    await origin.close();
  });

  it('signs for the region of the table, or else for its own', async () => {
    await send('ap-south-1');
    await send();
    await send('ap-south-1');

    expect(
      server.received.map(
        ({ headers: { authorization } }) => /\/([^/]*)\/dynamodb\//.exec(authorization ?? '')?.[1],
      ),
    ).toEqual(['ap-south-1', 'us-east-1', 'ap-south-1']);
  });

  it('keeps a connection for the next call', async () => {
    await send();
    clock.freeze(5000);
    await send();

    expect(server.sockets).toHaveLength(1);
  });

  it.each([5001, 3_600_000])(
    'takes a fresh connection after %d ms of wall clock without a call',
    async (ms) => {
      await send();
      clock.freeze(ms);
      await send();

      expect(server.sockets).toHaveLength(2);
      expect(server.received).toHaveLength(2);
    },
  );

  it('takes a fresh connection when the clock went back', async () => {
    await send();
    clock.setWall(clock.now() - 1);
    await send();

    expect(server.sockets).toHaveLength(2);
  });

  it('takes a fresh connection when those of before were dropped', async () => {
    await send();
    upstream.dropConnections();
    await send();

    expect(server.sockets).toHaveLength(2);
  });

  it('tries once more, on a fresh connection, when one that had served before is dead', async () => {
    await send();
    server.answerWith(hangingUp, found);

    expect(Buffer.from(await send()).toString()).toContain('1.50');
    expect(server.received).toHaveLength(3);
    expect(server.sockets).toHaveLength(2);
  });

  it('leaves no other idle connection to the second try, which may be as dead', async () => {
    await Promise.all([send(), send(), send()]);
    expect(server.sockets).toHaveLength(3);
    server.answerWith(hangingUp, found);
    await send();

    expect(server.sockets).toHaveLength(4);
  });

  it('does not try a third time', async () => {
    await send();
    server.answerWith(hangingUp);

    await expect(send()).rejects.toBeInstanceOf(TransportError);
    expect(server.received).toHaveLength(3);
  });

  it('does not try again when a fresh connection fails', async () => {
    server.answerWith(hangingUp, found);

    await expect(send()).rejects.toBeInstanceOf(TransportError);
    expect(server.received).toHaveLength(1);
  });

  it('does not try again when an answer has begun', async () => {
    await send();
    server.answerWith((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"Item":', () => response.destroy());
    }, found);

    await expect(send()).rejects.toBeInstanceOf(TransportError);
    expect(server.received).toHaveLength(2);
  });

  it('makes as many calls at the same time as it is asked to', async () => {
    const waiting: (() => void)[] = [];
    const allHere = new Promise<void>((resolve) => {
      server.answerWith((response) => {
        waiting.push(() => found(response));
        if (waiting.length === 60) resolve();
      });
    });
    const calls = Array.from({ length: 60 }, () => send());
    await allHere;

    expect(server.sockets).toHaveLength(60);
    for (const answer of waiting) answer();
    await Promise.all(calls);
  });

  it('rejects at once with the reason of the signal, even while the call is under way', async () => {
    const controller = new AbortController();
    const isHere = new Promise<void>((resolve) => server.answerWith(() => resolve()));
    const call = send(undefined, controller.signal);
    await isHere;
    controller.abort(new Error('enough'));

    await expect(call).rejects.toThrow('enough');
  });

  it('rejects at once with the reason of the signal, even while credentials are on their way', async () => {
    const controller = new AbortController();
    let arrive: () => void = () => {};
    const credentials = await startCredentials((answer) => {
      arrive = answer;
      controller.abort(new Error('enough'));
    });

    await expect(send(undefined, controller.signal)).rejects.toThrow('enough');
    expect(server.received).toHaveLength(0);
    arrive();
    await credentials.close();
  });

  it('takes the credentials of the container where there are none in the environment', async () => {
    const credentials = await startCredentials((answer) => answer());
    await send();

    expect(server.received[0]?.headers.authorization).toContain('Credential=restored/');
    expect(credentials.received[0]?.headers.authorization).toBe('sandbox');
    await credentials.close();
  });

  it('takes the credentials of the endpoint that it is given, for all regions', async () => {
    const credentials = await startCredentials((answer) => answer());
    delete process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    upstream = upstreamTo(
      {
        region: 'us-east-1',
        endpoint: server.url,
        credentialsEndpoint: { url: credentials.url, token: 'given' },
      },
      clock,
    );
    await send();
    await send('eu-west-1');

    for (const {
      headers: { authorization },
    } of server.received)
      expect(authorization).toContain('Credential=restored/');
    expect(server.received[0]?.headers['x-amz-security-token']).toBe('token');
    expect(credentials.received.map(({ headers: { authorization } }) => authorization)).toEqual(['given']);
    await credentials.close();
  });

  it('has none to sign with while that endpoint gives out none', async () => {
    const credentials = await ScriptedServer.start(answering(500, ''));
    const credentialsEndpoint = { url: credentials.url, token: 'given' };
    upstream = upstreamTo({ region: 'us-east-1', endpoint: server.url, credentialsEndpoint }, clock);

    await expect(send()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
    expect(server.received).toHaveLength(0);
    await credentials.close();
  });

  // The reason why there is a way of our own: Lambda's endpoint has a link-local address.
  it('has none to sign with where the SDK is to ask an endpoint that is no loopback address', async () => {
    const credentials = await startCredentials((answer) => answer());
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = credentials.url.replace('127.0.0.1', '0.0.0.0');

    await expect(send()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
    expect(credentials.received).toHaveLength(0);
    await credentials.close();
  });

  it('takes the credentials of the environment even if the function names a profile', async () => {
    process.env.AWS_PROFILE = 'of-the-function';
    await send();

    expect(server.received[0]?.headers.authorization).toContain('Credential=test/');
  });

  it('heeds its own settings, whatever the environment says of endpoints, retries and modes', async () => {
    const other = await ScriptedServer.start(found);
    process.env.AWS_ENDPOINT_URL = other.url;
    process.env.AWS_ENDPOINT_URL_DYNAMODB = other.url;
    process.env.AWS_MAX_ATTEMPTS = '5';
    process.env.AWS_RETRY_MODE = 'adaptive';
    process.env.AWS_USE_FIPS_ENDPOINT = 'true';
    process.env.AWS_REGION = 'eu-west-3';
    server.answerWith(failing(500, 'InternalServerError'));

    await expect(send()).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers.authorization).toContain('/us-east-1/');
    expect(other.received).toHaveLength(0);
    await other.close();
  });
});
