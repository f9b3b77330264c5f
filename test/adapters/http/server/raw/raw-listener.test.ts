import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { Server } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHandler } from '../../../../../src/adapters/http/app.ts';
import type { NodeHttpServerOptions } from '../../../../../src/adapters/http/server/node-server.ts';
import { PlainGetReader } from '../../../../../src/adapters/http/server/raw/raw-listener.ts';
import type { FastPath, PlainAnswer, RequestHandler } from '../../../../../src/ports/inbound/server.ts';
import { AppUnderTest, found, ITEM, optionsOf } from '../../../../support/http/app-under-test.ts';
import type { RawConnection } from '../../../../support/http/raw-connection.ts';
import { onEachRuntime, type Runtime, ServerUnderTest } from '../../../../support/http/server-under-test.ts';

let running: ServerUnderTest;
let runtime: Runtime;
const onEach = onEachRuntime((each) => {
  runtime = each;
});

/** Targets of the requests that reached `node:http`. */
let passedOn: string[];
const record = (message: unknown) => {
  passedOn.push((message as { request: IncomingMessage }).request.url ?? '');
};
beforeEach(() => {
  passedOn = [];
  subscribe('http.server.request.start', record);
});
afterEach(async () => {
  unsubscribe('http.server.request.start', record);
  await running.close();
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
};

const answerOf = (text: string, headers: Readonly<Record<string, string>> = {}): PlainAnswer => {
  const body = Buffer.from(text);
  return { status: 200, headers: { ...headers, 'content-length': String(body.length) }, body };
};

/** Answers with the target; other requests than plain GETs get `slow` and the target. */
const handlerOf = (
  fastPath: FastPath = ({ target }) => answerOf(`fast ${target}`),
  loadFastPath?: () => Promise<unknown> | undefined,
): RequestHandler =>
  Object.assign((request: Request) => new Response(`slow ${new URL(request.url).pathname}`), {
    fastPath: (...asked: Parameters<FastPath>) =>
      asked[0].method === 'GET' ? fastPath(...asked) : undefined,
    ...(loadFastPath === undefined ? {} : { loadFastPath }),
  });

const serving = async (
  handler: RequestHandler = handlerOf(),
  options: Partial<NodeHttpServerOptions> = {},
): Promise<ServerUnderTest> => {
  running = await ServerUnderTest.serving(handler, options, runtime);
  return running;
};

/** A fast path whose misses are answered when the test says so. Targets that begin with `/hit` are answered at once. */
class Misses {
  readonly pending: {
    target: string;
    answer: (answer: PlainAnswer) => void;
    fail: (error: Error) => void;
  }[] = [];

  readonly fastPath: FastPath = ({ target }) => {
    if (target.startsWith('/hit')) return answerOf(target);
    return new Promise((answer, fail) => this.pending.push({ target, answer, fail }));
  };

  async answerNext(): Promise<void> {
    while (this.pending.length === 0) await nextTurn();
    const miss = this.pending.shift();
    miss?.answer(answerOf(miss.target));
  }

  async awaitPending(): Promise<void> {
    while (this.pending.length === 0) await nextTurn();
  }
}

onEach('plain GETs, one at a time', () => {
  it('are answered without node:http, and anything else is not', async () => {
    const client = await (await serving()).client();
    for (const target of ['/1', '/2', '/3']) {
      client.get(target);
      expect((await client.answer()).body).toBe(`fast ${target}`);
    }
    expect(passedOn).toEqual([]);

    client.get('/4', 'Content-Length: 0');
    expect((await client.answer()).body).toBe('fast /4');
    client.get('/5');
    expect((await client.answer()).body).toBe('fast /5');
    expect(passedOn).toEqual(runtime === 'node' ? ['/4', '/5'] : []);
  });

  it('are answered without node:http over IPv6', async () => {
    await serving();
    const client = await running.client('::1').catch(() => running.client());
    client.get('/a');
    expect((await client.answer()).body).toBe('fast /a');
    expect(passedOn).toEqual([]);
  });

  it('get the answers of their own headers, if these change on a connection', async () => {
    const client = await (await serving(handlerOf(({ headers }) => answerOf(headers.join('|'))))).client();
    for (const header of ['A: 1', 'A: 2', 'B: 2', 'A: 1', 'A: 1']) {
      client.get('/a', header);
      expect((await client.answer()).body).toBe(`Host|localhost|${header.replace(': ', '|')}`);
    }
    expect(passedOn).toEqual([]);
  });

  it.each(['Proxy-Connection: close', 'Connection: x, Close'])(
    'are passed on with the header %s',
    async (header) => {
      const client = await (await serving()).client();
      client.get('/a', header);
      await client.answer();
      expect(passedOn).toEqual(runtime === 'node' ? ['/a'] : []);
    },
  );

  it('are answered with the header Connection: close, and then the connection is closed', async () => {
    const client = await (await serving()).client();
    client.get('/a', 'connection: CLOSE');
    expect(await client.answer()).toMatchObject({ body: 'fast /a', headers: { connection: 'close' } });
    await client.closed;
    expect(passedOn).toEqual([]);
  });

  it('are passed on in HTTP/1.0, which closes the connection', async () => {
    const client = await (await serving()).client();
    client.get('/a');
    await client.answer();
    client.send('GET /a HTTP/1.0\r\nHost: localhost\r\n\r\n');
    expect((await client.answer()).headers.connection).toBe('close');
    await client.closed;
  });

  it('close the connection after an answer with `connection: close`, and are not answered behind it', async () => {
    let asked = 0;
    await serving(
      handlerOf(() => {
        asked += 1;
        return answerOf('bye', { connection: 'close' });
      }),
    );
    const client = await running.client();
    client.get('/a');
    expect(await client.answer()).toMatchObject({ body: 'bye', headers: { connection: 'close' } });
    client.get('/b');
    await client.closed;
    expect(client.received).toBe('');
    expect(asked).toBe(1);
  });
});

onEach('an answer to a miss with `connection: close`', () => {
  it('closes the connection, and the handler is not asked for the request behind it', async () => {
    const misses = new Misses();
    let asked = 0;
    const fastPath: FastPath = (...request) => {
      asked += 1;
      return misses.fastPath(...request);
    };
    const client = await (await serving(handlerOf(fastPath))).client();
    client.get('/miss');
    await misses.awaitPending();
    client.get('/hit');
    await turns(5);
    misses.pending[0]?.answer(answerOf('bye', { connection: 'close' }));
    expect((await client.answer()).body).toBe('bye');
    await client.closed;
    expect(client.received).toBe('');
    expect(asked).toBe(1);
  });
});

onEach('a request before the handler is given', () => {
  it('is answered by the raw listener when the handler is given', async () => {
    running = new ServerUnderTest({}, runtime);
    await running.server.listen();
    const client = await running.client();
    client.get('/early');
    await turns(10);
    expect(client.received).toBe('');

    await running.server.serve(handlerOf(), running.logger);
    expect((await client.answer()).body).toBe('fast /early');
    client.get('/next');
    expect((await client.answer()).body).toBe('fast /next');
    expect(passedOn).toEqual([]);
  });

  it('is answered in its order with the bytes that follow it', async () => {
    running = new ServerUnderTest({}, runtime);
    await running.server.listen();
    const client = await running.client();
    client.get('/1');
    await turns(10);
    client.get('/2');
    await turns(10);
    client.send('POST /3 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe');
    await turns(10);

    await running.server.serve(handlerOf(), running.logger);
    client.send('llo');
    const bodies = [];
    for (const _ of [1, 2, 3]) bodies.push((await client.answer()).body);
    expect(bodies).toEqual(['fast /1', 'fast /2', 'slow /3']);
  });

  it('is passed on with the bytes that follow it, if the fast path does not answer it', async () => {
    running = new ServerUnderTest({}, runtime);
    await running.server.listen();
    const client = await running.client();
    client.get('/1');
    await turns(10);
    client.get('/2');
    await turns(10);
    client.get('/3');

    await running.server.serve(
      handlerOf(() => undefined),
      running.logger,
    );
    const bodies = [];
    for (const _ of [1, 2, 3]) bodies.push((await client.answer()).body);
    expect(bodies).toEqual(['slow /1', 'slow /2', 'slow /3']);
  });

  it('may be given up by its client, and the server may close', async () => {
    running = new ServerUnderTest({}, runtime);
    await running.server.listen();
    const [gone, waiting] = [await running.client(), await running.client()];
    gone.get('/gone');
    waiting.get('/waiting');
    await turns(10);
    gone.socket.resetAndDestroy();
    await gone.closed;
    await running.server.close();
    await waiting.closed;
    await running.server.serve(handlerOf(), running.logger);
    expect(running.logger.lines).toEqual([]);
  });
});

describe('a fast path that is loaded on demand', () => {
  beforeEach(() => {
    runtime = 'node';
  });

  it('is awaited by the raw listener', async () => {
    let loaded: (() => void) | undefined;
    let loading: Promise<unknown> | undefined = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    const client = await (await serving(handlerOf(undefined, () => loading))).client();
    client.get('/a');
    await turns(10);
    expect(client.received).toBe('');

    loading = undefined;
    loaded?.();
    expect((await client.answer()).body).toBe('fast /a');
    expect(passedOn).toEqual([]);
  });

  it('is not asked if it cannot be loaded: node:http answers the request and those after it', async () => {
    const loading = Promise.reject(new Error('no such file'));
    const client = await (
      await serving(
        handlerOf(
          () => undefined,
          () => loading,
        ),
      )
    ).client();
    client.get('/a');
    expect((await client.answer()).body).toBe('slow /a');
    client.get('/b');
    expect((await client.answer()).body).toBe('slow /b');
    expect(passedOn).toEqual(['/a', '/b']);
  });

  it('is not asked for a connection that closes while it is loaded', async () => {
    let loaded: () => void = () => undefined;
    let loading: Promise<void> | undefined = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    let asked = 0;
    const fastPath: FastPath = () => {
      asked += 1;
      return answerOf('x');
    };
    const client = await (await serving(handlerOf(fastPath, () => loading))).client();
    client.get('/a');
    await turns(10);
    client.destroy();
    await running.caughtUp();
    loading = undefined;
    loaded();
    await turns(10);
    expect(asked).toBe(0);
  });
});

onEach('bytes that arrive while a miss is pending', () => {
  it('are answered after it, in their order', async () => {
    const misses = new Misses();
    const client = await (await serving(handlerOf(misses.fastPath))).client();
    client.get('/miss');
    await misses.awaitPending();
    for (const target of ['/hit1', '/hit2']) {
      client.get(target);
      await turns(5);
    }
    expect(client.received).toBe('');
    await misses.answerNext();
    const bodies = [];
    for (const _ of [1, 2, 3]) bodies.push((await client.answer()).body);
    expect(bodies).toEqual(['/miss', '/hit1', '/hit2']);
  });

  it.each([
    ['a HEAD', 'HEAD /head HTTP/1.1\r\nHost: localhost\r\n\r\n', ''],
    ['a body in two parts', 'POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe', 'llo'],
    ['half a head', 'GET /half HTTP/1.1\r\nHo', 'st: localhost\r\nContent-Length: 0\r\n\r\n'],
  ])('are passed on without a loss: %s', async (_, begin, rest) => {
    const misses = new Misses();
    const client = await (await serving(handlerOf(misses.fastPath))).client();
    client.get('/miss');
    await misses.awaitPending();
    client.send(begin);
    await turns(5);
    await misses.answerNext();
    expect((await client.answer()).body).toBe('/miss');
    client.send(rest);
    if (begin.startsWith('GET')) await misses.answerNext();
    expect((await client.answer(!begin.startsWith('HEAD'))).status).toBe(200);
    client.get('/hit');
    expect((await client.answer()).body).toBe('/hit');
  });

  it('are bounded in memory: the server reads no further', async () => {
    const misses = new Misses();
    const client = await (await serving(handlerOf(misses.fastPath))).client();
    client.get('/miss');
    await misses.awaitPending();
    const request = Buffer.from(`GET /hit HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(8_000)}\r\n\r\n`);
    // The system buffers some megabytes; a server that reads on would take all of them.
    let isFull = false;
    for (let sent = 0; sent < 5_000 && !isFull; sent += 1) {
      client.socket.write(request);
      if (sent % 50 === 0) await turns(5);
      isFull = client.socket.writableLength > 1_000_000;
    }
    expect(isFull).toBe(true);
  });

  it('are answered before their client closes its side', async () => {
    const client = await (await serving()).client('127.0.0.1', true);
    client.get('/a');
    client.socket.end();
    expect((await client.answer()).body).toBe('fast /a');
    await client.closed;
  });
});

onEach('a connection that ends while a miss is pending', () => {
  it.each(['resets', 'closes', 'closes its side of'] as const)(
    'gets no answer and harms nothing, if the client %s it',
    async (way) => {
      const misses = new Misses();
      const client = await (await serving(handlerOf(misses.fastPath))).client('127.0.0.1', true);
      client.get('/miss');
      await misses.awaitPending();
      if (way === 'resets') client.socket.resetAndDestroy();
      else if (way === 'closes') client.destroy();
      else client.socket.end();
      await client.closed;
      await running.caughtUp();
      await misses.answerNext();
      await turns(5);
      expect(client.received).toBe('');
      const next = await running.client();
      next.get('/hit');
      expect((await next.answer()).body).toBe('/hit');
      expect(running.logger.lines).toEqual([]);
    },
  );

  it('gets no answer and harms nothing, if the server closes', async () => {
    const misses = new Misses();
    const client = await (await serving(handlerOf(misses.fastPath))).client();
    client.get('/miss');
    await misses.awaitPending();
    client.get('/hit');
    await turns(5);
    await running.server.close();
    await client.closed;
    await misses.answerNext();
    await turns(5);
    expect(client.received).toBe('');
    expect(running.logger.lines).toEqual([]);
  });
});

onEach('a fast path that rejects', () => {
  it('closes the connection and is logged', async () => {
    // `node:http` relies on it: fast paths never reject.
    const misses = new Misses();
    const client = await (await serving(handlerOf(misses.fastPath))).client();
    client.get('/miss');
    await misses.awaitPending();
    client.get('/hit');
    await turns(5);
    misses.pending[0]?.fail(new RangeError('a defect'));
    await client.closed;
    expect(client.received).toBe('');
    expect(running.logger.at('error')).toMatchObject([{ message: 'a response was cut off before its end' }]);
  });
});

onEach('the connection limit', () => {
  it('rejects plain GETs over it with 429', async () => {
    await serving(createHandler(optionsOf(new AppUnderTest())), { maxConnections: 1 });
    const [first, second] = [await running.client(), await running.client()];
    first.get(ITEM);
    expect((await first.answer()).status).toBe(200);
    second.get(ITEM);
    expect((await second.answer()).status).toBe(429);
    await second.closed;
  });

  it('lets a connection that was over it and has sent nothing take a free place', async () => {
    await serving(createHandler(optionsOf(new AppUnderTest())), { maxConnections: 1 });
    const [first, second] = [await running.client(), await running.client()];
    first.destroy();
    await first.closed;
    await running.caughtUp();
    second.get(ITEM);
    expect((await second.answer()).status).toBe(200);
    expect(passedOn).toEqual([]);
  });
});

onEach('a required token', () => {
  const TOKEN_NAME = 'X-Aws-Parameters-Secrets-Token';

  it('is checked for each request, although the headers of the latest one are kept', async () => {
    await serving(createHandler({ ...optionsOf(new AppUnderTest()), token: 'secret' }));
    const client = await running.client();
    const statuses = [];
    for (const header of [
      [`${TOKEN_NAME}: secret`],
      [`${TOKEN_NAME}: secret`],
      [`${TOKEN_NAME}: secreT`],
      [`${TOKEN_NAME}: secret`],
      [],
      [`${TOKEN_NAME}: secret`, `${TOKEN_NAME}: secret`],
      [`${TOKEN_NAME}: secret`],
    ]) {
      client.get(ITEM, ...header);
      statuses.push((await client.answer()).status);
    }
    expect(statuses.map((status) => status === 200)).toEqual([true, true, false, true, false, false, true]);
  });

  it('is not taken from another connection', async () => {
    await serving(createHandler({ ...optionsOf(new AppUnderTest()), token: 'secret' }));
    const [one, other] = [await running.client(), await running.client()];
    one.get(ITEM, `${TOKEN_NAME}: secret`);
    expect((await one.answer()).status).toBe(200);
    other.get(ITEM);
    expect((await other.answer()).status).not.toBe(200);
  });
});

onEach('the limit of a head', () => {
  const LIMIT = 1_024;
  const requestOf = (length: number): string => {
    const [start, end] = ['GET /a HTTP/1.1\r\nHost: localhost\r\nX: ', '\r\n\r\n'];
    return `${start}${'x'.repeat(length - start.length - end.length)}${end}`;
  };

  it.each([
    [LIMIT, 200, []],
    [LIMIT + 1, 200, ['/a']],
    [LIMIT + 200, 431, []],
  ])('of 1024 bytes allows one of %i: %i', async (length, status, passed) => {
    const client = await (await serving(handlerOf(), { maxHeaderBytes: LIMIT })).client();
    client.send(requestOf(length));
    expect((await client.answer()).status).toBe(status);
    expect(passedOn).toEqual(runtime === 'node' ? passed : []);
  });
});

onEach('a client that stalls', () => {
  it.each([
    ['a request', false],
    ['a request in another form', true],
  ])('is disconnected eleven ticks after half a head behind %s', async (_, isOther) => {
    const client = await (await serving()).client();
    client.get('/a', ...(isOther ? ['Connection: x'] : []));
    await client.answer();
    client.send('GET /b HTTP/1.1\r\nHost');
    await running.caughtUp();
    running.ticks.pass(10);
    await running.caughtUp();
    expect(client.isClosed).toBe(false);
    running.ticks.pass(1);
    await client.closed;
  });

  it('is disconnected after half a head that came while a miss was pending', async () => {
    const misses = new Misses();
    const client = await (await serving(handlerOf(misses.fastPath))).client();
    client.get('/miss');
    await misses.awaitPending();
    client.send('GET /b HT');
    await running.caughtUp();
    running.ticks.pass(1_000);
    await misses.answerNext();
    expect((await client.answer()).body).toBe('/miss');
    await running.caughtUp();
    running.ticks.pass(11);
    await client.closed;
  });

  it('is not disconnected while its miss is pending or it is idle', async () => {
    const misses = new Misses();
    const client = await (await serving(handlerOf(misses.fastPath))).client();
    running.ticks.pass(1_000);
    client.get('/miss');
    await misses.awaitPending();
    running.ticks.pass(1_000);
    await misses.answerNext();
    expect((await client.answer()).body).toBe('/miss');
    running.ticks.pass(1_000);
    client.get('/hit');
    expect((await client.answer()).body).toBe('/hit');
    client.get('/hit', 'Content-Length: 0');
    expect((await client.answer()).body).toBe('/hit');
    running.ticks.pass(1_000);
    client.get('/hit');
    expect((await client.answer()).body).toBe('/hit');
  });
});

/** Counts what a client receives in place of collecting it. Returns a function that waits for a number of bytes. */
const countBytes = ({ socket }: RawConnection): ((bytes: number) => Promise<void>) => {
  let count = 0;
  socket.removeAllListeners('data').on('data', (bytes) => {
    count += bytes.length;
  });
  return async (bytes) => {
    while (count < bytes && !socket.destroyed) await nextTurn();
    expect(count).toBeGreaterThanOrEqual(bytes);
  };
};

onEach('a client that does not read', () => {
  const LARGE = answerOf('x'.repeat(400_000));

  it('gets a bounded number of answers, and all of them when it reads', async () => {
    const requests = 100;
    let asked = 0;
    const fastPath: FastPath = () => {
      asked += 1;
      return LARGE;
    };
    const client = await (await serving(handlerOf(fastPath))).client();
    const received = countBytes(client);
    // Otherwise the system joins the requests to one chunk.
    client.socket.setNoDelay(true).pause();
    for (let sent = 0; sent < requests; sent += 1) {
      client.get('/large');
      await turns(3);
    }
    await running.caughtUp();
    expect(asked).toBeLessThan(requests * 0.6);

    client.socket.resume();
    await received(requests * LARGE.body.length);
    expect(asked).toBe(requests);
  });

  it('is disconnected after sixty ticks', async () => {
    const body = 'x'.repeat(32 * 1024 * 1024);
    const client = await (await serving(handlerOf(() => answerOf(body)))).client();
    client.socket.pause();
    client.get('/large');
    await running.caughtUp();
    await running.caughtUp();
    running.ticks.pass(60);
    expect(client.isClosed).toBe(false);
    running.ticks.pass(1);
    client.socket.resume();
    await client.closed;
    expect(client.received.length).toBeLessThan(body.length);
  });

  it('gets a large answer whole, if it reads slowly', async () => {
    const body = 'x'.repeat(8 * 1024 * 1024);
    const client = await (await serving(handlerOf(() => answerOf(body)))).client();
    const received = countBytes(client);
    client.socket.pause();
    client.get('/large');
    for (let read = 0; read < 30; read += 1) {
      await running.caughtUp();
      running.ticks.pass(1);
      client.socket.resume();
      await nextTurn();
      client.socket.pause();
    }
    client.socket.resume();
    await received(body.length);
    client.get('/large');
    await received(2 * body.length);
  });
});

onEach('hundreds of connections', () => {
  it('are answered each, also when all miss at the same time', async () => {
    const misses = new Misses();
    await serving(handlerOf(misses.fastPath), { maxConnections: 400 });
    const clients = [];
    for (let open = 0; open < 400; open += 1) clients.push(await running.client());
    for (const [place, client] of clients.entries()) client.get(`/miss${place}`);
    while (misses.pending.length < clients.length) await nextTurn();
    // The latest first.
    for (const miss of misses.pending.splice(0).reverse()) miss.answer(answerOf(miss.target));
    for (const [place, client] of clients.entries())
      expect((await client.answer()).body).toBe(`/miss${place}`);
    expect(passedOn).toEqual([]);
  });
});

describe('a connection whose handle is not where this version of Node.js keeps it', () => {
  const { emit } = Server.prototype;
  afterEach(() => {
    Server.prototype.emit = emit;
  });

  it('is answered by node:http', async () => {
    runtime = 'node';
    await serving();
    Server.prototype.emit = function (this: Server, event: string, ...given: unknown[]) {
      const isAccepted = event === 'connection' && !('requestTimeout' in this);
      return Reflect.apply(emit, this, [event, ...(isAccepted ? given.map(withoutHandle) : given)]);
    };
    const client = await running.client();
    client.get('/a');

    expect(await client.answer()).toMatchObject({ status: 200, body: 'fast /a' });
    expect(passedOn).toEqual(['/a']);
  });
});

/** Hides the handle from the first one that asks, which is the server. */
const withoutHandle = (socket: unknown): unknown => {
  let isHidden = true;
  return new Proxy(socket as object, {
    get: (target, name) => {
      if (name !== '_handle' || !isHidden) return Reflect.get(target, name, target);
      isHidden = false;
      return undefined;
    },
  });
};

describe('the target of a plain GET', () => {
  it('does not keep the headers in memory', async () => {
    runtime = 'node';
    await serving();
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const reader = new PlainGetReader(16_384);
    const padding = 'x'.repeat(10_000);
    const targets: string[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let read = 0; read < 2_000; read += 1) {
      const head = `GET /a-target-of-some-length-${read} HTTP/1.1\r\nHost: localhost\r\nX: ${padding}\r\n\r\n`;
      // A key is a substring of the target.
      targets.push(reader.read(Buffer.from(head))?.target.slice(1) ?? '');
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
    expect(targets).toHaveLength(2_000);
  });
});

describe('an item that is read through the raw listener', () => {
  it('is answered by node:http after the connection sent something else, with the same bytes', async () => {
    runtime = 'node';
    const app = new AppUnderTest();
    app.reader.answer = () => found('{"caf\u00e9":1}');
    const client = await (await serving(createHandler(optionsOf(app)))).client();
    client.get(ITEM);
    const raw = await client.answer();
    client.send(`DELETE ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect((await client.answer()).status).toBe(204);
    client.get(ITEM);
    const { date: _one, ...rawHeaders } = raw.headers;
    const { body, headers } = await client.answer();
    const { date: _other, ...otherHeaders } = headers;
    expect([body, otherHeaders]).toEqual([raw.body, rawHeaders]);
    expect(passedOn).toEqual([ITEM, ITEM]);
  });
});
