import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { BodyAllowance, RawHandler, RequestHandler } from '../../../../src/ports/inbound/server.ts';
import type { RawConnection } from '../../../support/http/raw-connection.ts';
import { onEachRuntime, type Runtime, ServerUnderTest } from '../../../support/http/server-under-test.ts';

let running: ServerUnderTest;
let runtime: Runtime;
const onEach = onEachRuntime((each) => {
  runtime = each;
});
afterEach(() => running.close());

const isOverLimit = async (client: RawConnection): Promise<boolean> => {
  client.get('/a');
  return (await client.answer()).body.includes('"overLimit":true');
};

/** Until the server has seen that `client` is gone, which nothing else tells. */
const goneFor = async (client: RawConnection, sees: () => Promise<boolean>): Promise<void> => {
  client.destroy();
  await client.closed;
  while (!(await sees())) await new Promise((resolve) => setImmediate(resolve));
};

onEach('the connection limit', () => {
  it('marks connections above it as over the limit', async () => {
    running = await ServerUnderTest.serving(undefined, { maxConnections: 2 }, runtime);
    const [first, second, third] = [await running.client(), await running.client(), await running.client()];
    expect(await isOverLimit(first)).toBe(false);
    expect(await isOverLimit(second)).toBe(false);
    expect(await isOverLimit(third)).toBe(true);
  });

  it('counts both addresses together', async () => {
    running = await ServerUnderTest.serving(undefined, { maxConnections: 1 }, runtime);
    await running.client();
    const second = await running.client('::1').catch(() => running.client());
    expect(await isOverLimit(second)).toBe(true);
  });

  it('gives a free place to the oldest connection over the limit', async () => {
    running = await ServerUnderTest.serving(undefined, { maxConnections: 1 }, runtime);
    const [first, second, third] = [await running.client(), await running.client(), await running.client()];
    expect(await isOverLimit(second)).toBe(true);

    await goneFor(first, async () => !(await isOverLimit(second)));

    expect(await isOverLimit(third)).toBe(true);
  });

  it('does not change if a connection over the limit closes', async () => {
    running = await ServerUnderTest.serving(undefined, { maxConnections: 1 }, runtime);
    const [first, second, third] = [await running.client(), await running.client(), await running.client()];
    second.destroy();
    await second.closed;
    // Several times, because the server may see the end of the second only after the first question.
    for (let asked = 0; asked < 20; asked += 1) expect(await isOverLimit(third)).toBe(true);
    expect(await isOverLimit(first)).toBe(false);
  });

  it('closes connections far above it at once', async () => {
    running = await ServerUnderTest.serving(undefined, { maxConnections: 1 }, runtime);
    const clients: RawConnection[] = [];
    while (clients.length < 65) clients.push(await running.client());

    const last = await running.client();
    await last.closed;

    expect(await isOverLimit(clients[64] as RawConnection)).toBe(true);
  });
});

onEach('an incomplete request', () => {
  it.each([
    ['its first byte', 'G'],
    ['its head', 'GET /a HTTP/1.1\r\nHost: localhost\r\n'],
    ['its body', 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab'],
  ])('is closed ten ticks after %s', async (_, bytes) => {
    running = await ServerUnderTest.serving(() => new Promise(() => undefined), {}, runtime);
    const client = await running.client();
    client.send(bytes);
    await running.caughtUp();

    // The first of them sees that there were bytes.
    running.ticks.pass(10);
    await running.caughtUp();
    expect(client.isClosed).toBe(false);
    running.ticks.pass(1);

    await client.closed;
  });

  it('gets ten more ticks with each byte', async () => {
    running = await ServerUnderTest.serving(undefined, {}, runtime);
    const client = await running.client();
    for (const byte of 'GET /') {
      client.send(byte);
      await running.caughtUp();
      running.ticks.pass(10);
    }
    client.send('a HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
  });

  it('is closed after complete requests too', async () => {
    running = await ServerUnderTest.serving(undefined, {}, runtime);
    const client = await running.client();
    client.get('/a');
    await client.answer();
    client.send('GET');
    await running.caughtUp();
    running.ticks.pass(11);
    await client.closed;
  });

  it('does not delay other clients', async () => {
    running = await ServerUnderTest.serving(undefined, {}, runtime);
    const slow = await running.client();
    slow.send('GET /slow');
    const other = await running.client();
    other.get('/a');
    expect((await other.answer()).status).toBe(200);
  });
});

onEach('an idle connection', () => {
  it('is never closed, whether new or used', async () => {
    running = await ServerUnderTest.serving(undefined, {}, runtime);
    const [fresh, used, posted] = [await running.client(), await running.client(), await running.client()];
    used.get('/a');
    await used.answer();
    posted.send('POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n');
    await posted.answer();
    posted.send('abcde');
    await running.caughtUp();

    running.ticks.pass(10_000);

    for (const client of [fresh, used, posted]) {
      client.get('/again');
      expect((await client.answer()).body).toContain('/again');
    }
  });

  it('gets no keep-alive time-out header', async () => {
    running = await ServerUnderTest.serving(undefined, {}, runtime);
    const client = await running.client();
    client.get('/a');
    const { headers } = await client.answer();
    expect(headers.connection).toBe('keep-alive');
    expect(headers).not.toHaveProperty('keep-alive');
  });

  it('is not closed while its response takes long', async () => {
    let answer: (response: Response) => void = () => undefined;
    const response = new Promise<Response>((resolve) => {
      answer = resolve;
    });
    running = await ServerUnderTest.serving(() => response, {}, runtime);
    const client = await running.client();
    client.get('/a');
    await running.caughtUp();

    running.ticks.pass(10_000);

    answer(new Response('late'));
    expect((await client.answer()).body).toBe('late');
  });
});

onEach('empty lines before a request', () => {
  it.each([
    ['in a packet of their own', ['\r\n']],
    ['byte by byte', ['\r', '\n']],
    [
      'behind the body of a request',
      ['POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx\r\n'],
    ],
  ])('are skipped: %s', async (_, packets) => {
    running = await ServerUnderTest.serving(undefined, {}, runtime);
    const client = await running.client();
    for (const packet of packets) {
      client.send(packet);
      await running.caughtUp();
    }
    if (packets[0]?.startsWith('POST')) await client.answer();
    client.get('/b');

    expect((await client.answer()).status).toBe(200);
  });
});

onEach('a client that does not read its responses', () => {
  it.each([
    ['is kept', []],
    ['is to be closed', ['Connection: close']],
  ])('is disconnected after sixty ticks if its connection %s', async (_, headers) => {
    const large = 'x'.repeat(32 * 1024 * 1024);
    running = await ServerUnderTest.serving(() => new Response(large), {}, runtime);
    const client = await running.client();
    client.socket.pause();
    client.get('/large', ...headers);
    await running.caughtUp();
    await running.caughtUp();

    running.ticks.pass(60);
    expect(client.isClosed).toBe(false);
    running.ticks.pass(1);

    client.socket.resume();
    await client.closed;
    expect(client.received.length).toBeLessThan(large.length);
  });
});

onEach('a client that pipelines and does not read', () => {
  it('gets no further responses until it reads, and then all of them', async () => {
    const requests = 500;
    let served = 0;
    running = await ServerUnderTest.serving(
      async () => {
        served += 1;
        return new Response('x'.repeat(100_000));
      },
      {},
      runtime,
    );
    const client = await running.client();
    client.socket.pause();
    // Node.js answers at least all that it reads at once, 64 KiB.
    client.send(`GET /a HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(500)}\r\n\r\n`.repeat(requests));
    // What the system buffers of a connection is some megabytes.
    for (let before = -1; before !== served; ) {
      before = served;
      for (let turn = 0; turn < 5; turn += 1) await running.caughtUp();
    }
    expect(served).toBeGreaterThan(0);
    expect(served).toBeLessThan(requests / 2);

    client.socket.resume();
    for (let answered = 0; answered < requests; answered += 1) {
      expect((await client.answer()).body.length).toBe(100_000);
    }
  }, 90_000);
});

onEach('pipelined requests', () => {
  const post = (body: string) =>
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  const allowance: BodyAllowance = { maxBytes: 2_000_000, take: () => undefined };

  /** A server whose responses wait until they are released, with the bodies that its handler received. */
  const servingHeld = async () => {
    const received: string[] = [];
    const held: ((answer: string) => void)[] = [];
    const rawHandler: RawHandler = async (request) => {
      received.push(Buffer.from((await request.read(allowance)) ?? []).toString());
      const body = Buffer.from(await new Promise<string>((resolve) => held.push(resolve)));
      return { status: 200, headers: { 'content-length': String(body.length) }, body };
    };
    const handler: RequestHandler = Object.assign(() => new Response(), { rawHandler });
    running = await ServerUnderTest.serving(handler, {}, runtime);
    const release = async (answer: string) => {
      while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
      held.shift()?.(answer);
    };
    return { received, release };
  };

  it('reach the handler one after the other, each when the earlier response is sent', async () => {
    const { received, release } = await servingHeld();
    const client = await running.client();
    const bodies = Array.from({ length: 40 }, (_, index) => `body ${index}`);
    client.send(bodies.map(post).join(''));

    for (const [index, body] of bodies.entries()) {
      await running.caughtUp();
      expect(received).toEqual(bodies.slice(0, index + 1));
      await release(`answer to ${body}`);
      expect((await client.answer()).body).toBe(`answer to ${body}`);
    }
  });

  it('wait while the client has not read an earlier response', async () => {
    const { received, release } = await servingHeld();
    const client = await running.client();
    client.socket.pause();
    client.send(post('large') + post('next'));
    await release('x'.repeat(12 * 1024 * 1024));
    for (let turn = 0; turn < 5; turn += 1) await running.caughtUp();
    expect(received).toEqual(['large']);

    client.socket.resume();
    expect((await client.answer()).status).toBe(200);
    await release('next');
    expect((await client.answer()).body).toBe('next');
  });

  it('are not taken for stalled while they wait, however large their bodies are', async () => {
    const { received, release } = await servingHeld();
    const client = await running.client();
    const large = 'x'.repeat(1_000_000);
    client.send(post('slow') + post(large));
    await running.caughtUp();

    running.ticks.pass(10_000);

    for (const answer of ['first', 'second']) {
      await release(answer);
      expect((await client.answer()).body).toBe(answer);
    }
    expect(received).toEqual(['slow', large]);
  });

  it('do not reach the handler if their client disconnects first', async () => {
    const { received, release } = await servingHeld();
    const client = await running.client();
    client.send(post('first') + post('second'));
    await running.caughtUp();

    client.destroy();
    await client.closed;
    await running.caughtUp();
    await release('unread');
    for (let turn = 0; turn < 5; turn += 1) await running.caughtUp();

    expect(received).toEqual(['first']);
  });

  it('do not keep the server from closing, and do not reach the handler then', async () => {
    const { received, release } = await servingHeld();
    const client = await running.client();
    client.send(post('first') + post('second'));
    await running.caughtUp();

    await running.server.close();
    await client.closed;
    await release('unread');
    await new Promise((resolve) => setImmediate(resolve));

    expect(received).toEqual(['first']);
  });

  it('are all answered to a client that takes more than sixty ticks for them', async () => {
    const { release } = await servingHeld();
    const client = await running.client();
    const answer = 'x'.repeat(16 * 1024 * 1024);
    client.socket.pause();
    client.send(post('x').repeat(3));
    for (let answered = 0; answered < 3; answered += 1) {
      await release(answer);
      for (let turn = 0; turn < 5; turn += 1) await running.caughtUp();
      running.ticks.pass(40);
      client.socket.resume();
      expect((await client.answer()).body).toHaveLength(answer.length);
      client.socket.pause();
    }
  });
});

onEach('a client that pipelines endlessly', () => {
  it('is paused while too many of its requests are unanswered', async () => {
    const waiting: (() => void)[] = [];
    running = await ServerUnderTest.serving(
      () => new Promise((resolve) => waiting.push(() => resolve(new Response('ok')))),
      {},
      runtime,
    );
    const client = await running.client();
    const requests = 5_000;
    client.send('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(requests));
    await running.caughtUp();
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length).toBeLessThan(2_500);

    let mostWaiting = 0;
    for (let answered = 0; answered < requests; answered += 1) {
      while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
      waiting.shift()?.();
      await client.answer();
      mostWaiting = Math.max(mostWaiting, waiting.length);
    }
    expect(mostWaiting).toBeLessThan(2_500);
  }, 90_000);
});

describe('a client that pipelines endlessly, and reads', () => {
  it('is not read further than a few requests ahead of its responses', async () => {
    let begun = 0;
    const countRequest = () => {
      begun += 1;
    };
    subscribe('http.server.request.start', countRequest);
    try {
      running = await ServerUnderTest.serving(() => new Response('x'.repeat(1_000_000)));
      const client = await running.client();
      client.send(`GET /a HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(900)}\r\n\r\n`.repeat(10_000));

      let mostAhead = 0;
      for (let answered = 1; answered <= 100; answered += 1) {
        await client.answer();
        mostAhead = Math.max(mostAhead, begun - answered);
      }

      // Those of one read of 64 KiB, behind fewer than sixteen that wait.
      expect(mostAhead).toBeLessThan(100);
    } finally {
      unsubscribe('http.server.request.start', countRequest);
    }
  });
});
