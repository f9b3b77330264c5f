import { afterEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppUnderTest, ITEM } from '../../../support/http/app-under-test.ts';
import { onEachRuntime, type Runtime, ServerUnderTest } from '../../../support/http/server-under-test.ts';

let running: ServerUnderTest;
let runtime: Runtime;
const onEach = onEachRuntime((each) => {
  runtime = each;
});
afterEach(() => running.close());

const servingApp = async (app = new AppUnderTest()): Promise<ServerUnderTest> => {
  running = await ServerUnderTest.serving(app.handler, {}, runtime);
  return running;
};

const isAlive = async (): Promise<boolean> => {
  const client = await running.client();
  client.get(ITEM);
  return (await client.answer()).status === 200;
};

const codeIn = (body: string): unknown => JSON.parse(body).code;

onEach('the response to a raw request for an item', () => {
  it('has exactly the documented headers', async () => {
    const client = await (await servingApp()).client();
    client.get(ITEM);
    const { status, headers, body } = await client.answer();
    expect(status).toBe(200);
    expect(body).toBe('{"a":1}');
    expect(headers).toEqual({
      'content-type': 'application/json',
      'content-length': '7',
      etag: '"q1w2e3"',
      age: '17',
      'cache-status': 'word-cache; hit; ttl=42',
      date: expect.any(String),
      connection: 'keep-alive',
    });
  });

  it('is complete if the request arrives byte by byte', async () => {
    const client = await (await servingApp()).client();
    client.socket.setNoDelay(true);
    for (const byte of `GET ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n`) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.answer()).status).toBe(200);
  });

  it('keeps the connection usable after HEAD, DELETE, 304, 404, 405 and an error', async () => {
    const client = await (await servingApp()).client();
    client.send(`HEAD ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await client.answer(false)).toMatchObject({ status: 200, headers: { 'content-length': '7' } });
    client.send(`DELETE ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await client.answer()).toMatchObject({ status: 204 });
    client.get(ITEM, 'If-None-Match: *');
    expect(await client.answer(false)).toMatchObject({ status: 304 });
    client.get('/nowhere');
    expect(await client.answer()).toMatchObject({ status: 404 });
    client.send(`POST ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await client.answer()).toMatchObject({ status: 405 });
    client.get('/words?shelf=%');
    expect(await client.answer()).toMatchObject({ status: 400 });
    client.get(ITEM);
    expect(await client.answer()).toMatchObject({ status: 200 });
  });

  it('follows the order of pipelined requests, also for hits after misses', async () => {
    const app = new AppUnderTest();
    const hit = app.reader.answer;
    let calls = 0;
    app.reader.answer = () => {
      calls += 1;
      return calls % 2 === 1 ? Promise.resolve().then(hit) : hit();
    };
    const client = await (await servingApp(app)).client();
    for (const index of [0, 1, 2, 3])
      client.get(`${ITEM}${index}`, ...(index === 2 ? ['If-None-Match: "x", *'] : []));
    const statuses = [];
    for (const _ of [0, 1, 2, 3]) statuses.push((await client.answer()).status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(app.reader.reads.map(({ key }) => key.id)).toEqual(['tea0', 'tea1', 'tea2', 'tea3']);
  });

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['GET', 'Expect: 100-continue\r\n'],
  ])('rejects a %s with a body, and does not parse the body as a request: %s', async (method, extra) => {
    const client = await (await servingApp()).client();
    const body = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
    client.send(
      `${method} ${ITEM} HTTP/1.1\r\nHost: localhost\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    let answer = await client.answer();
    if (answer.status === 100) answer = await client.answer();
    expect(answer.status).toBe(400);
    expect(codeIn(answer.body)).toBe('malformed_request');
    client.get(ITEM);
    expect((await client.answer()).status).toBe(200);
  });

  it('uses the bytes of the request target as the item name', async () => {
    const app = new AppUnderTest();
    const client = await (await servingApp(app)).client();
    const words = ['#1', '"quoted"', '{}|^`', '\\', "'", '<>', 'a/../b', 'a%'];
    for (const word of words) {
      client.get(`/words?shelf=S&word=${word.replace('%', '%25')}`);
      expect((await client.answer()).status).toBe(200);
    }
    expect(app.reader.reads.map(({ key }) => key.id)).toEqual(words);
  });

  it('is 400 if the item name is not UTF-8', async () => {
    const client = await (await servingApp()).client();
    client.get('/words?shelf=S&word=caf%E9');
    const answer = await client.answer();
    expect(answer.status).toBe(400);
    expect(codeIn(answer.body)).toBe('malformed_name');
  });
});

onEach('the Host header of a request', () => {
  const hostRefusal = async (lines: readonly string[]): Promise<string> => {
    const client = await running.client();
    client.send([...lines, '', ''].join('\r\n'));
    const { status, body } = await client.answer();
    return status === 400 && body !== '' ? `400 ${codeIn(body)}` : String(status);
  };

  it.each([
    'localhost:4000',
    'LOCALHOST',
    '127.0.0.1:65535',
    '[::1]:4000',
    '[::1]',
    'localhost:99999',
    'localhost:',
  ])('is accepted: %s', async (host) => {
    await servingApp();
    expect(await hostRefusal([`GET ${ITEM} HTTP/1.1`, `Host: ${host}`])).toBe('200');
  });

  it.each([
    'example.com',
    'example.com:4000',
    'EXAMPLE.com',
    '127.1',
    '0x7f.1',
    '2130706433',
    '999.1.1.1',
    'user@localhost',
    'local host',
    'localhost/a',
    'localhost?',
    'localhost#',
    'l\xf6calhost',
    '\xef\xbd\x8cocalhost',
    '[::1',
    '',
  ])('is rejected: %j', async (host) => {
    await servingApp();
    expect(await hostRefusal([`GET ${ITEM} HTTP/1.1`, `Host: ${host}`])).toBe('400 foreign_host');
  });

  it('is required in HTTP/1.0 and HTTP/1.1', async () => {
    await servingApp();
    expect(await hostRefusal([`GET ${ITEM} HTTP/1.1`])).toBe('400 foreign_host');
    expect(await hostRefusal([`GET ${ITEM} HTTP/1.0`])).toBe('400 foreign_host');
  });

  it('is rejected if it is repeated', async () => {
    await servingApp();
    for (const second of ['localhost', 'example.com']) {
      expect(await hostRefusal([`GET ${ITEM} HTTP/1.1`, 'Host: localhost', `Host: ${second}`])).toBe(
        '400 foreign_host',
      );
    }
  });

  it('is also checked in an absolute target', async () => {
    await servingApp();
    const host = 'Host: localhost';
    expect(await hostRefusal([`GET http://localhost:4000${ITEM} HTTP/1.1`, host])).toBe('200');
    expect(await hostRefusal([`GET HTTP://LOCALHOST${ITEM} HTTP/1.1`, host])).toBe('200');
    for (const origin of [
      'http://example.com',
      'https://example.com',
      'http://user@localhost',
      'http://',
      'http://[',
    ]) {
      expect(await hostRefusal([`GET ${origin}${ITEM} HTTP/1.1`, host])).toBe('400 foreign_host');
    }
    expect(await hostRefusal([`GET http://localhost${ITEM} HTTP/1.1`, 'Host: example.com'])).toBe(
      '400 foreign_host',
    );
  });

  it('is checked, as all headers that guards read, after thousands of other headers', async () => {
    await servingApp();
    const many = Array.from({ length: 3_000 }, () => 'a:');
    expect(await hostRefusal([`GET ${ITEM} HTTP/1.1`, 'Host: localhost', ...many])).toBe('200');
    expect(await hostRefusal([`GET ${ITEM} HTTP/1.1`, 'Host: localhost', ...many, 'Via: x'])).toBe(
      '400 forwarded_request',
    );
  });
});

onEach('a request that the HTTP parser rejects', () => {
  it.each([
    ['garbage', 'garbage\r\n\r\n', 400],
    ['the beginning of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01', 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    [
      'two different lengths',
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
    [
      'a length beside chunks',
      'GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    [
      'a target that is no ASCII',
      'GET /words?shelf=S&word=caf\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n',
      400,
    ],
    ['a method in lower case', 'get / HTTP/1.1\r\n\r\n', 400],
    ['a URL of 17 KiB', `GET /${'a'.repeat(17 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    ['headers of 17 KiB', `GET / HTTP/1.1\r\nA: ${'a'.repeat(17 * 1024)}\r\n\r\n`, 431],
    ['a URL of 600 KiB', `GET /${'a'.repeat(600 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
  ])('is answered without a body, and closes the connection: %s', async (_, bytes, status) => {
    await servingApp();
    const client = await running.client();
    client.send(bytes);
    expect(await client.answer()).toMatchObject({ status, body: '', headers: { connection: 'close' } });
    client.socket.end();
    await client.closed;
    expect(client.received).toBe('');
    expect(await isAlive()).toBe(true);
  });

  it('is not one with the longest legal item name', async () => {
    const client = await (await servingApp()).client();
    client.get(`${ITEM}${'a'.repeat(9_490)}`);
    expect((await client.answer()).status).toBe(200);
  });

  it('does not replace an outstanding response', async () => {
    running = await ServerUnderTest.serving(() => new Promise(() => undefined), {}, runtime);
    const client = await running.client();
    client.get('/a');
    client.send('garbage\r\n\r\n');
    // The standalone server reads no further before it has answered.
    if (runtime === 'standalone') return expect(client.isClosed).toBe(false);
    await client.closed;
    expect(client.received).toBe('');
  });

  it('is answered after the responses to earlier requests', async () => {
    const client = await (await servingApp()).client();
    client.get(ITEM);
    client.send('garbage\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
    expect((await client.answer()).status).toBe(400);
  });

  it('is cut off if its client keeps sending', async () => {
    const client = await (await servingApp()).client('127.0.0.1', true);
    const more = () => client.socket.write(Buffer.alloc(65_536));
    client.socket.on('drain', more);
    while (more());
    await client.closed;
    expect(await isAlive()).toBe(true);
  });
});

onEach('unusual but legal requests', () => {
  it.each([
    ['HTTP/1.0', `GET ${ITEM} HTTP/1.0\r\nHost: localhost\r\n\r\n`, 200],
    [
      'an upgrade',
      `GET ${ITEM} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      200,
    ],
    [
      'Expect: 100-continue without a body',
      `GET ${ITEM} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n`,
      100,
    ],
    ['another expectation', `GET ${ITEM} HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n`, 417],
    ['CONNECT', 'CONNECT localhost:4000 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
    ['TRACE', `TRACE ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 405],
    ['OPTIONS', `OPTIONS ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 405],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n', 404],
    ['a target of another scheme', 'GET ftp://localhost/words HTTP/1.1\r\nHost: localhost\r\n\r\n', 404],
  ])('are answered with the right status: %s', async (_, bytes, status) => {
    await servingApp();
    const client = await running.client();
    client.send(bytes);
    expect((await client.answer()).status).toBe(status);
    client.destroy();
    expect(await isAlive()).toBe(true);
  });

  it('may be reset by the client at any time', async () => {
    let seen: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      seen = resolve;
    });
    let answer: () => void = () => undefined;
    const app = new AppUnderTest();
    const hit = app.reader.answer;
    app.reader.answer = () => {
      seen();
      app.reader.answer = hit;
      return new Promise((resolve) => {
        answer = () => resolve(hit());
      });
    };
    await servingApp(app);
    const client = await running.client();
    client.get(ITEM);
    await asked;
    client.socket.resetAndDestroy();
    await client.closed;
    await running.caughtUp();
    answer();
    expect(await isAlive()).toBe(true);
    expect(running.logger.lines).toEqual([]);
  });
});

onEach('arbitrary bytes', () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const line = fc.oneof(
    fc.constantFrom(
      `GET ${ITEM} HTTP/1.1`,
      'HEAD /health HTTP/1.1',
      'DELETE /words?shelf=a HTTP/1.0',
      'Host: localhost',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      'Cache-Control: max-age=',
      'Expect: 100-continue',
      'If-None-Match: "',
      '',
    ),
    fc.string({ unit: byte }),
    fc.string({ unit: byte }).map((text) => `GET /words?shelf=a&word=${text} HTTP/1.1`),
    fc.string({ unit: byte }).map((text) => `Host: ${text}`),
    fc.string({ unit: byte }).map((text) => `Cache-Control: ${text}`),
  );
  const chunks = fc.array(
    fc.array(line, { maxLength: 6 }).map((lines) => `${lines.join('\r\n')}\r\n`),
    { maxLength: 4 },
  );

  it('never end the process and never cause a 500', async () => {
    await servingApp();
    await fc.assert(
      fc.asyncProperty(chunks, async (texts) => {
        const client = await running.client();
        for (const text of texts) client.send(text);
        client.socket.end();
        await client.closed;
        const statuses = [...client.received.matchAll(/(?:^|\n)HTTP\/1\.1 (\d+)/g)].map(([, status]) =>
          Number(status),
        );
        expect(statuses.filter((status) => status >= 500)).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(await isAlive()).toBe(true);
    expect(running.logger.lines).toEqual([]);
  });
});
