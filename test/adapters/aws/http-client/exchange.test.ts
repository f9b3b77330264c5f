import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wholeBody } from '../../../../src/adapters/aws/aws-client.ts';
import { sendRequest, type UpstreamResponse } from '../../../../src/adapters/aws/http-client/http-request.ts';
import { UpstreamConnections } from '../../../../src/adapters/aws/http-client/upstream-connections.ts';
import { answer, bytes, bytesAndEnd, RawOrigin } from '../../../support/dynamodb/raw-origin.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';

describe('an exchange', () => {
  let origin: RawOrigin;
  let clock: FakeClock;
  let connections: UpstreamConnections;

  beforeEach(async () => {
    origin = await RawOrigin.start(answer('found'));
    clock = new FakeClock();
    connections = new UpstreamConnections(clock, { maxConnections: 2 });
  });

  afterEach(async () => {
    connections.close();
    await origin.close();
  });

  const send = (given: Partial<Parameters<typeof sendRequest>[0]> = {}): Promise<UpstreamResponse> =>
    sendRequest(
      {
        url: origin.url,
        headers: [['host', origin.url.host]],
        body: Buffer.from('asked'),
        signal: new AbortController().signal,
        ...given,
      },
      connections,
    );
  const said = async (): Promise<string> =>
    Buffer.from(await wholeBody((await send()).body, Number.POSITIVE_INFINITY)).toString('latin1');
  const failure = (sent: Promise<unknown> = said()): Promise<Error & { cause?: unknown }> =>
    sent.then(
      () => new Error('it was answered'),
      (error) => error,
    );

  it('posts headers and body as they are', async () => {
    await send({
      url: new URL('/path', origin.url),
      headers: [
        ['host', 'h'],
        ['x-a', 'é'],
      ],
    });

    expect(origin.requests).toEqual([
      'POST /path HTTP/1.1\r\nhost: h\r\nx-a: é\r\ncontent-length: 5\r\nconnection: keep-alive\r\n\r\nasked',
    ]);
  });

  it('outlives a process that stands still for longer than it takes to make a connection', async () => {
    const sent = said();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);

    expect(await sent).toBe('found');
  });

  it.each(['a\r\nb: c', 'a\nb', 'a\0', '☃'])('sends no header whose value is %j', async (value) => {
    await expect(send({ headers: [['x-a', value]] })).rejects.toBeInstanceOf(TypeError);
    expect(origin.sockets).toEqual([]);
  });

  it('gives status and headers by their names in lower case, and what was sent twice together', async () => {
    origin.answerWith(bytes('HTTP/1.1 400 Bad\r\nX-A: 1\r\nContent-length:\t2 \r\nx-a: 2\r\n\r\n{}'));

    expect(await send()).toEqual({
      status: 400,
      headers: { 'x-a': '1, 2', 'content-length': '2' },
      body: Buffer.from('{}'),
      discard: expect.any(Function),
    });
  });

  it.each<[string, string, string]>([
    [
      'in chunks',
      'Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n',
      'abc0123456789',
    ],
    ['after interim answers', 'Content-Length: 1\r\n\r\na', 'a'],
    ['that is empty', 'Content-Length: 0\r\n\r\n', ''],
  ])('reads a body %s, and keeps the connection', async (title, rest, body) => {
    const interim = title.includes('interim')
      ? 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\na: b\r\n\r\n'
      : '';
    origin.answerWith(bytes(`${interim}HTTP/1.1 200 OK\r\n${rest}`));

    expect([await said(), await said()]).toEqual([body, body]);
    expect(origin.sockets).toHaveLength(1);
  });

  it.each([204, 304])('expects no body with status %d', async (status) => {
    origin.answerWith(bytes(`HTTP/1.1 ${status} Nothing\r\nContent-Length: 5\r\n\r\n`), answer('found'));

    expect([await said(), await said()]).toEqual(['', 'found']);
    expect(origin.sockets).toHaveLength(1);
  });

  it('reads to the end of the connection where no length is said', async () => {
    origin.answerWith(bytesAndEnd('HTTP/1.1 200\r\n\r\n', 'all ', 'of it'), answer('found'));

    expect([await said(), await said()]).toEqual(['all of it', 'found']);
    expect(origin.sockets).toHaveLength(2);
  });

  it.each<[string, string]>([
    [
      'the other side says that it closes it',
      'HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\n{}',
    ],
    ['it is of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
  ])('uses no connection again where %s', async (_, text) => {
    origin.answerWith(bytes(text), answer('found'));

    expect([await said(), await said()]).toEqual(['{}', 'found']);
    expect(origin.sockets).toHaveLength(2);
  });

  it('uses no connection again on which something comes that nobody asked for', async () => {
    await said();
    origin.sockets[0]?.write('HTTP/1.1 200 OK\r\n');
    await origin.firstClosed();
    await said();

    expect(origin.sockets).toHaveLength(2);
  });

  it('uses no connection again whose answer came before it had the whole request', async () => {
    const stopped = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pause();
      socket.write('HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(stopped, 'listening');
    const address = stopped.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    let accepted = 0;
    stopped.on('connection', () => {
      accepted += 1;
    });
    const large = { url: new URL(`http://127.0.0.1:${port}/`), body: Buffer.alloc(16_000_000) };

    expect([(await send(large)).status, (await send(large)).status]).toEqual([413, 413]);
    expect(accepted).toBe(2);
    connections.close();
    stopped.close();
  });

  it.each([
    'no HTTP',
    'HTTP/2 200 OK\r\n\r\n',
    'HTTP/1.1 200\n\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno header\r\n\r\n',
    'HTTP/1.1 200 OK\r\na : b\r\n\r\n',
    'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n',
    'HTTP/1.1 200 OK\r\na: \0\r\n\r\n',
    'HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n',
    'HTTP/1.1 101 Switching\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{} ',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n{}',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    `HTTP/1.1 200 OK\r\na: ${'b'.repeat(17_000)}`,
    `HTTP/1.1 200 OK\r\na: ${'b'.repeat(17_000)}\r\nContent-Length: 0\r\n\r\n`,
  ])('fails at once for %j, with the error of the domain', async (text) => {
    origin.answerWith(bytes(text));

    expect(await failure()).toMatchObject({
      code: 'upstream_unavailable',
      cause: { name: 'UnreadableResponseError' },
    });
  });

  it.each([
    'x\r\n',
    '\r\n',
    '3\r\nabcd\r\n',
    '3\r\nabc\n0\r\n\r\n',
    '3\nabc\r\n',
    '1000000000000\r\n',
    '0\r\nno trailer\r\n\r\n',
    `1;${'x'.repeat(5_000)}`,
  ])('fails within the body for chunks like %j', async (chunks) => {
    origin.answerWith(bytes(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`));

    expect(await failure()).toMatchObject({ cause: { name: 'UnreadableResponseError' } });
  });

  it.each([
    '',
    'HTTP/1.1 200 O',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfoun',
    'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nfoun',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
  ])('takes %j and an end for a lost connection', async (text) => {
    origin.answerWith(bytesAndEnd(text));

    expect(await failure()).toMatchObject({ code: 'upstream_unavailable', cause: { code: 'ECONNRESET' } });
  });

  it('finds a connection dead that had served before, if it ends before an answer begins', async () => {
    origin.answerWith(bytesAndEnd());
    const fresh = await failure();
    origin.answerWith(answer('found'), bytesAndEnd(), answer('found'), bytesAndEnd('HTTP/1.1 2'));
    await said();
    const dead = await failure();
    await said();
    const begun = await failure();

    const errors = [fresh.cause, dead.cause, begun.cause, undefined];
    expect(errors.map((error) => connections.foundDead(error))).toEqual([false, true, false, false]);
  });

  it('cannot begin where nobody listens', async () => {
    await origin.close();

    expect(await failure()).toMatchObject({
      message: expect.stringMatching(
        /^AWS cannot be reached: ECONNREFUSED 127\.0\.0\.1:\d+; nothing listens/,
      ),
    });
    origin = await RawOrigin.start();
  });

  it('ends with its signal, on the wire as well', async () => {
    const controller = new AbortController();
    origin.answerWith(() => controller.abort());

    expect(await failure(send({ signal: controller.signal }))).toMatchObject({
      code: 'upstream_unavailable',
    });
    await failure(send({ signal: controller.signal }));
    await origin.firstClosed();
    expect(origin.sockets).toHaveLength(1);
  });

  it('waits for a connection where there are enough, until its signal ends that', async () => {
    const open: (() => void)[] = [];
    let bothCame: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      bothCame = resolve;
    });
    origin.answerWith((socket, request) => {
      open.push(() => answer('found')(socket, request));
      if (open.length === 2) bothCame();
      if (open.length > 2) answer('found')(socket, request);
    });
    const first = [said(), said()];
    await both;
    const controller = new AbortController();
    const givenUp = failure(send({ signal: controller.signal }));
    const waiting = said();
    controller.abort();
    expect(await givenUp).toBeInstanceOf(Error);
    for (const reply of open.slice(0, 2)) reply();

    expect(await Promise.all([...first, waiting])).toEqual(['found', 'found', 'found']);
    expect(origin.sockets).toHaveLength(2);
    expect(origin.requests).toHaveLength(3);
  });

  it('opens another connection for who waits when one is lost', async () => {
    let arrived = 0;
    origin.answerWith((socket, request) => {
      arrived += 1;
      if (arrived > 2) answer('found')(socket, request);
      if (arrived === 2) for (const each of origin.sockets) each.destroy();
    });
    const lost = [failure(), failure()];
    const waiting = said();
    await Promise.all(lost);

    expect(await waiting).toBe('found');
  });

  it('reads a long body no further than it is taken, and to its end', async () => {
    const length = 30_000_000;
    const sent = Buffer.alloc(length, 'abcdefg');
    origin.answerWith(bytes(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`, sent), answer('found'));
    const { body } = await send();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(origin.sockets[0]?.writableLength).toBeGreaterThan(0);

    expect(Buffer.compare(await wholeBody(body, length), sent)).toBe(0);
    expect(await said()).toBe('found');
    expect(origin.sockets).toHaveLength(1);
  });

  it('ends the connection of a body that nobody reads to its end', async () => {
    origin.answerWith(bytes(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n`, Buffer.alloc(200_000)));
    const { body } = await send();
    if (body instanceof Uint8Array) throw new Error('a long body came whole');
    for await (const piece of body) {
      expect(piece.byteLength).toBeGreaterThan(0);
      break;
    }

    await origin.firstClosed();
    expect(origin.sockets[0]?.destroyed).toBe(true);
  });

  it('gives a long body whole to who wants it so', async () => {
    const sent = 'x'.repeat(100_000);
    origin.answerWith(answer(sent));

    expect((await send({ maxWholeBytes: 99_999 })).body).not.toBeInstanceOf(Uint8Array);
    expect((await send({ maxWholeBytes: 100_000 })).body).toBeInstanceOf(Uint8Array);
  });
});
