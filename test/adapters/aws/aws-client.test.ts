import { once } from 'node:events';
import { createServer } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsClient, type AwsClientParts, type AwsRequest } from '../../../src/adapters/aws/aws-client.ts';
import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import { UpstreamConnections } from '../../../src/adapters/aws/http-client/upstream-connections.ts';
import { SigningKeys, signedHeaders, signingTime } from '../../../src/adapters/aws/sigv4/sigv4.ts';
import { readSignature } from '../../../src/adapters/aws/sigv4/sigv4-caller-recogniser.ts';
import { isSignedBy } from '../../../src/adapters/aws/sigv4/verified-signature.ts';
import { TransientError } from '../../../src/domain/cache/errors.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import {
  answering,
  hangingUp,
  type ReceivedRequest,
  ScriptedServer,
} from '../../support/http/scripted-server.ts';

const BODY = Buffer.from('{"TableName":"Users","Key":{"id":{"B":"/+8="},"page":{"S":"ü"}}}');
const TARGET = ['x-amz-target', 'DynamoDB_20120810.GetItem'] as const;
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

const requestWith = (signal: AbortSignal) => ({
  service: 'dynamodb',
  region: 'eu-west-1',
  operation: 'GetItem',
  headers: [['content-type', 'application/x-amz-json-1.0'], TARGET] as const,
  body: BODY,
  signal,
  maxWholeBytes: 1_000_000,
});

const plainRequest = () => requestWith(new AbortController().signal);

describe('AwsClient', () => {
  let server: ScriptedServer;
  let clock: FakeClock;
  let url: string;
  let connections: UpstreamConnections;
  let client: AwsClient;

  const clientWith = (parts: Partial<AwsClientParts> = {}): AwsClient =>
    new AwsClient({
      credentialCache: new CredentialCache(async () => OURS, clock),
      endpoints: { endpointFor: () => new URL(url) },
      connections,
      clock,
      ...parts,
    });

  beforeEach(async () => {
    server = await ScriptedServer.start();
    url = server.url;
    clock = new FakeClock();
    connections = new UpstreamConnections(clock);
    client = clientWith();
  });

  afterEach(async () => {
    connections.close();
    await server.close();
  });

  const send = async (more: Partial<AwsRequest> = {}): Promise<Uint8Array> =>
    (await client.sendWhole({ ...plainRequest(), ...more, maxWholeBytes: 1_000_000 })).body;
  /** The last request, as DynamoDB saw it. */
  const received = (): ReceivedRequest => {
    const last = server.received.at(-1);
    if (last === undefined) throw new Error('nothing was received');
    return last;
  };
  const WRONG_SIGNATURE = '{"__type":"com.amazon.coral.service#InvalidSignatureException"}';
  /** Answers with the clock of DynamoDB so far ahead of ours. */
  const answerAhead = (aheadMs: number, status = 200, body = WRONG_SIGNATURE): void => {
    server.answerWith((response) => {
      const date = new Date(clock.now() + aheadMs).toUTCString();
      answering(status, body, { date })(response);
    });
  };

  it('posts the body unchanged, with the signed and unsigned headers', async () => {
    await send({ unsignedHeaders: [['user-agent', 'test']] });

    expect(received().line).toBe('POST /');
    expect(received().body).toEqual(BODY);
    expect(received().headers).toMatchObject({
      host: server.host,
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(BODY.byteLength),
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'x-amz-security-token': 'session',
      'user-agent': 'test',
    });
    expect(readSignature(received().headers.authorization ?? '')?.signedHeaders).not.toContain('user-agent');
  });

  it('signs for the service and the region, with the time of the clock', async () => {
    await send();

    expect(received().headers.authorization).toContain('ours/20260101/eu-west-1/dynamodb/aws4_request');
    expect(isRight(received(), clock.now())).toBe(true);
  });

  it('sends a GET with path and query behind the path of the endpoint, and without a body', async () => {
    url = `${server.url}/stage/`;
    const { body, ...request } = plainRequest();
    const query = [
      ['b', '1 2'],
      ['a', 'ü&='],
    ] as const;
    const parts = { ...request, service: 'appconfig', method: 'GET', path: '/things/a%20b', query } as const;
    await client.sendWhole(parts);

    expect(received().line).toBe('GET /stage/things/a%20b?a=%C3%BC%26%3D&b=1%202');
    expect(received().headers).not.toHaveProperty('content-length');
    expect(received().headers).not.toHaveProperty('transfer-encoding');
    const time = signingTime(clock.now());
    const expected = signedHeaders(
      {
        ...parts,
        path: '/stage/things/a%20b',
        query: 'a=%C3%BC%26%3D&b=1%202',
        host: server.host,
        body: new Uint8Array(),
        time,
      },
      OURS,
      new SigningKeys(),
    );
    expect(received().headers.authorization).toBe(new Map(expected).get('authorization'));
  });

  it.each([
    ['DELETE', undefined],
    ['PUT', '0'],
    ['POST', '0'],
  ] as const)('sends a %s without a body with the content-length %s', async (method, length) => {
    const { body, ...request } = plainRequest();
    await client.sendWhole({ ...request, method });

    expect(received().line).toBe(`${method} /`);
    expect(received().headers['content-length']).toBe(length);
  });

  it.each(['/a b', '/a\r\nx: y', '/ü'])('does not send the path %j, which must be encoded', async (path) => {
    await expect(send({ path })).rejects.toThrow('the path or query contains a forbidden character');
    expect(server.received).toHaveLength(0);
  });

  it('finds an endpoint once for each service, region and operation', async () => {
    const asked: string[] = [];
    client = clientWith({
      endpoints: {
        endpointFor: async (operation, region, service) => {
          asked.push(`${service} ${region} ${operation}`);
          return new URL(`${url}/${service}/${region}/${operation}`);
        },
      },
    });
    for (const service of ['dynamodb', 'dynamodb', 'ssm']) {
      for (const region of ['eu-west-1', 'us-east-1']) {
        for (const operation of ['Scan', 'SearchVectors']) {
          await send({ service, region, operation });
          expect(received().line).toBe(`POST /${service}/${region}/${operation}`);
        }
      }
    }

    expect(asked).toHaveLength(8);
    expect(new Set(asked).size).toBe(8);
  });

  it('keeps a bounded number of endpoints, and does not keep a failure', async () => {
    const asked: string[] = [];
    client = clientWith({
      endpoints: {
        endpointFor: async (operation) => {
          asked.push(operation);
          if (asked.length === 1) throw new Error('not now');
          return new URL(url);
        },
      },
    });
    await expect(send({ operation: '0' })).rejects.toThrow('not now');
    for (let each = 0; each <= 64; each += 1) await send({ operation: String(each) });
    await send({ operation: '64' });
    await send({ operation: '0' });

    expect(asked).toHaveLength(67);
  });

  it.each([
    [true, 3],
    [false, 2],
  ])('repeats a call that met a closed connection if it is repeatable: %s', async (isRepeatable, count) => {
    await send();
    server.answerWith((response, received) => {
      server.answerWith(answering(200, '{}'));
      hangingUp(response, received);
    });
    await send({ isRepeatable }).catch(() => undefined);

    expect(server.received).toHaveLength(count);
  });

  it('lets other work run before it sends a large body', async () => {
    await send();
    let ran = false;
    let hadRun: boolean | undefined;
    const closeStale = connections.closeStale.bind(connections);
    connections.closeStale = () => {
      hadRun = ran;
      closeStale();
    };
    setImmediate(() => {
      ran = true;
    });
    await send({ body: Buffer.alloc(1_048_577) });

    expect(hadRun).toBe(true);
  });

  it('reports an error of the provider of credentials as the cause', async () => {
    const cause = new Error('no credentials here');
    client = clientWith({ credentialCache: new CredentialCache(() => Promise.reject(cause), clock) });

    await expect(send()).rejects.toMatchObject({ name: 'NoCredentialsError', cause });
  });

  it('names the service in messages', async () => {
    connections = new UpstreamConnections(clock, { label: { name: 'AppConfig' } });
    client = clientWith();
    server.answerWith(hangingUp);
    await expect(send()).rejects.toThrow(/^the connection to AppConfig was lost: ECONNRESET/);

    url = 'http://127.0.0.1:1';
    client = clientWith();
    await expect(send()).rejects.toThrow(/^AppConfig cannot be reached: ECONNREFUSED 127.0.0.1:1/);
  });

  it('signs with the given time, and learns nothing from the response then', async () => {
    answerAhead(HOUR_MS);
    await send({ time: '20260203T040506Z' });
    expect(received().headers['x-amz-date']).toBe('20260203T040506Z');

    await send();
    expect(received().headers['x-amz-date']).toBe(signingTime(clock.now()));
  });

  const signingTimes = (): readonly unknown[] => server.received.map(({ headers }) => headers['x-amz-date']);

  it.each([
    [HOUR_MS, WRONG_SIGNATURE],
    [-HOUR_MS, WRONG_SIGNATURE],
    [HOUR_MS, '<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>'],
  ])(
    'repeats a call once with the time of AWS, whose clock is %d ms ahead, if its signature is rejected with %s',
    async (ms, body) => {
      answerAhead(ms, 400, body);
      await send();
      expect(signingTimes()).toEqual([signingTime(clock.now()), signingTime(clock.now() + ms)]);

      await send();
      expect(signingTimes().slice(2)).toEqual([signingTime(clock.now() + ms)]);
    },
  );

  it('repeats a call whose signature is rejected by a service that names the error in a header', async () => {
    const body = '{"message":"Signature not yet current"}';
    server.answerWith((response) => {
      const date = new Date(clock.now() + HOUR_MS).toUTCString();
      const type = 'InvalidSignatureException:http://internal.amazon.com/coral/';
      answering(403, body, { date, 'x-amzn-errortype': type })(response);
    });
    await send();

    expect(signingTimes()).toEqual([signingTime(clock.now()), signingTime(clock.now() + HOUR_MS)]);
  });

  it('repeats each of the calls that were signed with the wrong time', async () => {
    answerAhead(HOUR_MS, 400);
    await Promise.all([send(), send()]);

    expect(signingTimes().filter((time) => time === signingTime(clock.now() + HOUR_MS))).toHaveLength(2);
    expect(server.received).toHaveLength(4);
  });

  it('signs with the time of AWS after an answer, and does not repeat a call that was carried out', async () => {
    answerAhead(HOUR_MS, 200);
    await send();
    await send();

    expect(signingTimes()).toEqual([signingTime(clock.now()), signingTime(clock.now() + HOUR_MS)]);
  });

  it.each([
    [239_000, WRONG_SIGNATURE],
    [HOUR_MS, '{"__type":"ThrottlingException"}'],
  ])('does not repeat a call that is rejected by a clock %d ms ahead with %s', async (ms, body) => {
    answerAhead(ms, 400, body);
    await send();

    expect(server.received).toHaveLength(1);
  });

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

  it('reads no more of a body in pieces than the limit', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, ' ');
    server.answerWith((response) => {
      pipeline(Readable.from(Array<Buffer>(3).fill(mebibyte)), response, () => undefined);
    });

    await expect(send()).rejects.toMatchObject({ name: 'ResponseTooLongError' });
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

    await expect(send()).rejects.toBeInstanceOf(TransientError);
    // The first byte of a handshake.
    expect((await greeted)[0]).toBe(0x16);
    secured.close();
  });

  it('rejects at once when it is aborted while it waits for credentials, and sends nothing', async () => {
    let arrive: (credentials: typeof OURS) => void = () => {};
    const credentials = new Promise<typeof OURS>((resolve) => {
      arrive = resolve;
    });
    client = clientWith({ credentialCache: new CredentialCache(() => credentials, clock) });
    const controller = new AbortController();
    const sent = client.send(requestWith(controller.signal));
    controller.abort();
    await expect(sent).rejects.toThrow('the call was aborted');
    arrive(OURS);
    await send();

    expect(server.sockets).toHaveLength(1);
    expect(server.received).toHaveLength(1);
  });

  it('rejects with the error of the endpoint resolver', async () => {
    client = clientWith({ endpoints: { endpointFor: () => Promise.reject(new Error('no such region')) } });

    await expect(send()).rejects.toThrow('no such region');
    expect(server.received).toHaveLength(0);
  });

  it('rejects at once if it is aborted already, and sends nothing', async () => {
    client = clientWith({ credentialCache: new CredentialCache(() => new Promise(() => undefined), clock) });

    await expect(client.send(requestWith(AbortSignal.abort()))).rejects.toThrow('the call was aborted');
    expect(server.received).toHaveLength(0);
  });
});
