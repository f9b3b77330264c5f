import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wholeBody } from '../../../../src/adapters/aws/aws-client.ts';
import {
  ResponseAssembler,
  type UpstreamResponse,
} from '../../../../src/adapters/aws/http-client/http-request.ts';
import { UpstreamConnection } from '../../../../src/adapters/aws/http-client/upstream-connection.ts';
import { answer, bytes, type RawAnswer, RawOrigin } from '../../../support/dynamodb/raw-origin.ts';

const REQUEST = 'POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n';

const KEEPER = { idle: () => undefined, closed: () => undefined, monotonic: () => 0 };

/** The text of the answer to a request, or the error in its place. */
const answered = (connection: UpstreamConnection): Promise<unknown> =>
  new Promise((resolve) => {
    const taker = {
      given: async ({ body }: UpstreamResponse) => {
        resolve(
          await wholeBody(body, 1_000).then(
            (whole) => Buffer.from(whole).toString(),
            (error: unknown) => error,
          ),
        );
      },
      failed: (error: Error) => {
        resolve(error);
        return error;
      },
      over: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      abandon: () => undefined,
    };
    connection.ask(REQUEST, new Uint8Array(), new ResponseAssembler(taker, 100));
  });

describe('a connection whose socket cannot be opened', () => {
  it('is not made, and leaves no timer behind', () => {
    const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();
    const open = (): Socket => {
      throw new Error('no socket');
    };
    const make = () => new UpstreamConnection(open, 'connect', KEEPER);

    expect(make).toThrow('no socket');
    expect(timers()).toBe(before);
  });
});

describe('a connection on which nothing comes', () => {
  let origin: RawOrigin;
  let socket: Socket;
  let connection: UpstreamConnection;
  const arrivals: number[] = [];

  beforeEach(async () => {
    origin = await RawOrigin.start(answer('found'));
    connection = new UpstreamConnection(
      (take) => {
        socket = connect(Number(origin.url.port), '127.0.0.1');
        return socket.on('data', (piece: Buffer) => {
          take(piece);
          arrivals.push(piece.length);
        });
      },
      'connect',
      KEEPER,
    );
    await once(socket, 'connect');
  });

  afterEach(() => origin.close());

  /** What the answer to a request comes to. */
  const ask = (): Promise<unknown> =>
    new Promise((resolve) => {
      const taker = {
        given: resolve,
        failed: (error: Error) => {
          resolve(error);
          return error;
        },
        over: () => undefined,
        pause: () => undefined,
        resume: () => undefined,
        abandon: () => undefined,
      };
      connection.ask(REQUEST, new Uint8Array(), new ResponseAssembler(taker, 100));
    });
  /** Half of the longest silence is over. */
  const half = (): boolean => socket.emit('timeout');

  it('is given up after two halves in a row', async () => {
    origin.answerWith(() => undefined);
    const asked = ask();
    half();
    expect(socket.destroyed).toBe(false);
    half();

    expect(await asked).toMatchObject({ name: 'ResponseTimeoutError' });
    expect(socket.destroyed).toBe(true);
  });

  it('is not given up for timers that were due in a freeze, where the answer lies there unread', async () => {
    origin.answerWith(bytes('HTTP/1.1 200 OK\r\n'));
    const asked = ask();
    half();
    await once(socket, 'data');
    half();
    expect(socket.destroyed).toBe(false);
    origin.sockets[0]?.write('Content-Length: 2\r\n\r\n{}');

    expect(await asked).toMatchObject({ status: 200 });
  });

  it('counts the silence of each request by itself', async () => {
    await ask();
    origin.answerWith(() => undefined);
    const second = ask();
    half();
    expect(socket.destroyed).toBe(false);
    half();

    expect(await second).toMatchObject({ name: 'ResponseTimeoutError' });
  });

  it('is closed when it has been idle for half of that', async () => {
    await ask();
    half();

    expect(socket.destroyed).toBe(true);
  });
});

describe('a connection over which an answer comes byte by byte', () => {
  let origin: RawOrigin;
  let socket: Socket;

  beforeEach(async () => {
    origin = await RawOrigin.start();
  });

  afterEach(() => origin.close());

  /** What the answer comes to where its head, and its trailers, must be complete within two of these halves. */
  const asked = (halfHeadMs: number): Promise<unknown> =>
    new Promise((resolve) => {
      const connection = new UpstreamConnection(
        (take) => {
          socket = connect(Number(origin.url.port), '127.0.0.1');
          return socket.on('data', (piece: Buffer) => take(piece));
        },
        'connect',
        KEEPER,
        halfHeadMs,
      );
      resolve(answered(connection));
    });

  /** Writes one of these bytes every few milliseconds for as long as there are any, and the connection lasts. */
  const dripping =
    (begin: string, drip: string, end = ''): RawAnswer =>
    (client) => {
      client.write(begin);
      const rest = [...drip];
      const timer = setInterval(() => {
        client.write(rest.shift() ?? '');
        if (rest.length > 0) return;
        clearInterval(timer);
        client.write(end);
      }, 5);
      client.once('close', () => clearInterval(timer));
    };

  const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

  it.each([
    ['the head', dripping('HTTP/1.1 200 OK\r\na: ', 'b'.repeat(10_000))],
    ['the status line', dripping('HTTP/1.1 200 ', 'b'.repeat(10_000))],
    [
      'a head after informational ones',
      dripping('HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\na: ', 'b'.repeat(9_000)),
    ],
    ['the trailers', dripping(`${CHUNKED}2\r\n{}\r\n0\r\na: `, 'b'.repeat(4_000))],
  ])('is given up when %s is not complete in time', async (_, drip) => {
    origin.answerWith(drip);

    expect(await asked(30)).toMatchObject({ name: 'ResponseTimeoutError' });
    expect(socket.destroyed).toBe(true);
  });

  it('may take any time for the body', async () => {
    origin.answerWith(dripping(`${CHUNKED}40\r\n`, 'b'.repeat(0x40), '\r\n0\r\n\r\n'));

    expect(await asked(30)).toBe('b'.repeat(0x40));
  });
});

describe('a connection over which an answer takes long to read', () => {
  it('lets others run between its reads, and still reads all of it', async () => {
    const body = 'a'.repeat(200);
    const chunks = [...body].map((each) => `1\r\n${each}\r\n`);
    const origin = await RawOrigin.start(
      bytes(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', ...chunks, '0\r\n\r\n'].join('')),
    );
    let now = 0;
    let rests = 0;
    const monotonic = () => {
      now += 3;
      return now;
    };
    const connection = new UpstreamConnection(
      (take) => {
        const socket = connect(Number(origin.url.port), '127.0.0.1');
        // Byte by byte, as if each were a read of its own.
        return socket.on('data', (piece: Buffer) => {
          for (const byte of piece) {
            take(Buffer.of(byte));
            if (socket.isPaused()) rests += 1;
          }
        });
      },
      'connect',
      { ...KEEPER, monotonic },
    );
    try {
      expect(await answered(connection)).toBe(body);
      expect(rests).toBeGreaterThan(100);
    } finally {
      connection.fail(new Error('the test is over'));
      await origin.close();
    }
  });
});
