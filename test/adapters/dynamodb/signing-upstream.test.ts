import { once } from 'node:events';
import { createServer } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CredentialCache } from '../../../src/adapters/aws/credentials/credential-cache.ts';
import { TransportError } from '../../../src/adapters/aws/http-client/transport-error.ts';
import { UpstreamConnections } from '../../../src/adapters/aws/http-client/upstream-connections.ts';
import { signingTime } from '../../../src/adapters/aws/sigv4/signed-headers.ts';
import { readSignature } from '../../../src/adapters/aws/sigv4/sigv4.ts';
import { isSignedBy } from '../../../src/adapters/aws/sigv4/verified-signature.ts';
import type { UpstreamCall } from '../../../src/adapters/aws/upstream.ts';
import { SigningUpstream } from '../../../src/adapters/dynamodb/signing-upstream.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { answering, type ReceivedRequest, ScriptedServer } from '../../support/http/scripted-server.ts';

const CALL: UpstreamCall = {
  operation: 'GetItem',
  input: { TableName: 'Users', Key: { id: { B: '/+8=' }, page: { S: 'ü' } }, ConsistentRead: true },
};
const HOUR_MS = 3_600_000;
const OURS = { accessKeyId: 'ours', secretAccessKey: 'secret', sessionToken: 'session' };

/** Whether DynamoDB would take the signature at that time. */
const isRight = (received: ReceivedRequest, now: number): boolean => {
  const signature = readSignature(received.headers.authorization ?? '');
  if (signature === undefined) throw new Error('no signature');
  const headers = new Headers(Object.entries(received.headers).map(([name, value]) => [name, String(value)]));
  const { body } = received;
  const { signal } = new AbortController();
  return isSignedBy(OURS, signature, { operation: 'GetItem', headers, body, signal }, now);
};

describe('SigningUpstream', () => {
  let server: ScriptedServer;
  let clock: FakeClock;
  let connections: UpstreamConnections;
  let url: string;
  let upstream: SigningUpstream;

  beforeEach(async () => {
    server = await ScriptedServer.start();
    url = server.url;
    clock = new FakeClock();
    connections = new UpstreamConnections(clock);
    upstream = new SigningUpstream({
      credentialCache: new CredentialCache(async () => OURS, clock),
      endpoints: { endpointFor: (operation, region) => new URL(`${url}/${operation}/${region}/`) },
      connections,
      clock,
    });
  });

  afterEach(async () => {
    connections.close();
    await server.close();
  });

  const send = (): Promise<Uint8Array> => upstream.send(CALL, 'eu-west-1', new AbortController().signal);
  /** The last request, as DynamoDB saw it. */
  const received = (): ReceivedRequest => {
    const last = server.received.at(-1);
    if (last === undefined) throw new Error('nothing was received');
    return last;
  };
  /** Answers with the clock of DynamoDB so far ahead of ours. */
  const answerAhead = (aheadMs: number, status = 200): void => {
    server.answerWith((response) => {
      const date = new Date(clock.now() + aheadMs).toUTCString();
      const body = '{"__type":"com.amazon.coral.service#InvalidSignatureException"}';
      answering(status, body, { date })(response);
    });
  };

  it('posts the input as it is to the endpoint of the region', async () => {
    await send();

    expect(received().line).toBe('POST /GetItem/eu-west-1/');
    expect(JSON.parse(received().body.toString())).toEqual(CALL.input);
    expect(received().headers).toMatchObject({
      host: server.host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'x-amz-security-token': 'session',
      'user-agent': 'dynamodb-cache-extension',
    });
  });

  it('signs for the service and the region, with the time of the clock', async () => {
    url = server.url;
    upstream = new SigningUpstream({
      credentialCache: new CredentialCache(async () => OURS, clock),
      endpoints: { endpointFor: async () => new URL(url) },
      connections,
      clock,
    });
    await send();

    expect(received().headers.authorization).toContain('ours/20260101/eu-west-1/dynamodb/aws4_request');
    expect(isRight(received(), clock.now())).toBe(true);
  });

  it.each([
    [HOUR_MS, 400],
    [-HOUR_MS, 400],
    [HOUR_MS, 200],
  ])(
    'signs with the time of DynamoDB after its clock was %d ms ahead in an answer of status %d',
    async (ms, status) => {
      answerAhead(ms, status);
      await send().catch(() => undefined);
      expect(received().headers['x-amz-date']).toBe(signingTime(clock.now()));

      await send().catch(() => undefined);
      expect(received().headers['x-amz-date']).toBe(signingTime(clock.now() + ms));
    },
  );

  it('signs with its own time again once the clock was put right', async () => {
    answerAhead(HOUR_MS, 400);
    await send().catch(() => undefined);
    clock.setWall(clock.now() + HOUR_MS);
    answerAhead(0, 400);
    await send().catch(() => undefined);
    await send().catch(() => undefined);

    expect(received().headers['x-amz-date']).toBe(signingTime(clock.now()));
  });

  it('goes on after an answer with an absurd date', async () => {
    server.answerWith(answering(200, '{}', { date: '+275760-09-13T00:00:00.000Z' }));
    await send();
    await send();

    expect(received().headers['x-amz-date']).toBe(signingTime(clock.now()));
    expect(server.received).toHaveLength(2);
  });

  it('takes no more of an answer than DynamoDB can mean', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, ' ');
    server.answerWith((response) => {
      pipeline(Readable.from(Array<Buffer>(65).fill(mebibyte)), response, () => undefined);
    });

    await expect(send()).rejects.toMatchObject({
      name: 'TransportError',
      cause: { name: 'AnswerTooLong' },
    });
  });

  it('speaks TLS where the endpoint does', async () => {
    const secured = createServer();
    secured.listen(0, '127.0.0.1');
    await once(secured, 'listening');
    const address = secured.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    url = `https://127.0.0.1:${address.port}`;
    const greeted = new Promise<Buffer>((resolve) => {
      secured.once('connection', (socket) => {
        socket.once('data', (bytes) => {
          resolve(bytes);
          socket.destroy();
        });
      });
    });

    await expect(send()).rejects.toBeInstanceOf(TransportError);
    // The first byte of a handshake.
    expect((await greeted)[0]).toBe(0x16);
    secured.close();
  });

  it('sends nothing for who gave up while credentials were on their way', async () => {
    let arrive: (credentials: typeof OURS) => void = () => {};
    const credentials = new Promise<typeof OURS>((resolve) => {
      arrive = resolve;
    });
    upstream = new SigningUpstream({
      credentialCache: new CredentialCache(() => credentials, clock),
      endpoints: { endpointFor: () => new URL(url) },
      connections,
      clock,
    });
    const controller = new AbortController();
    const sent = upstream.send(CALL, 'eu-west-1', controller.signal);
    controller.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
    arrive(OURS);
    await send();

    expect(server.sockets).toHaveLength(1);
    expect(server.received).toHaveLength(1);
  });

  it('rejects with what kept the endpoint from being known', async () => {
    upstream = new SigningUpstream({
      credentialCache: new CredentialCache(async () => OURS, clock),
      endpoints: { endpointFor: () => Promise.reject(new Error('no such region')) },
      connections,
      clock,
    });

    await expect(send()).rejects.toThrow('no such region');
    expect(server.received).toHaveLength(0);
  });

  it('rejects at once for who has given up already, and sends nothing', async () => {
    upstream = new SigningUpstream({
      credentialCache: new CredentialCache(() => new Promise(() => undefined), clock),
      endpoints: { endpointFor: () => new URL(url) },
      connections,
      clock,
    });
    await expect(upstream.send(CALL, 'eu-west-1', AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
    expect(server.received).toHaveLength(0);
  });
});
