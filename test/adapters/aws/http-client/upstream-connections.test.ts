import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ResponseAssembler, sendRequest } from '../../../../src/adapters/aws/http-client/http-request.ts';
import type { UpstreamConnection } from '../../../../src/adapters/aws/http-client/upstream-connection.ts';
import { UpstreamConnections } from '../../../../src/adapters/aws/http-client/upstream-connections.ts';
import { answer, bytesAndEnd, RawOrigin } from '../../../support/dynamodb/raw-origin.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';

describe('UpstreamConnections', () => {
  let origin: RawOrigin;
  let clock: FakeClock;
  let connections: UpstreamConnections;

  beforeEach(async () => {
    origin = await RawOrigin.start(answer('found'));
    clock = new FakeClock();
    connections = new UpstreamConnections(clock);
  });

  afterEach(async () => {
    connections.close();
    await origin.close();
  });

  const ask = (): Promise<unknown> => {
    const { signal } = new AbortController();
    return sendRequest({ url: origin.url, headers: [], body: new Uint8Array(), signal }, connections);
  };

  it('keeps an idle connection for five seconds of wall clock', async () => {
    await ask();
    clock.freeze(5000);
    connections.closeStale();
    await ask();
    expect(origin.sockets).toHaveLength(1);

    clock.freeze(5001);
    connections.closeStale();
    await ask();
    expect(origin.sockets).toHaveLength(2);
  });

  it('keeps none whose last use is yet to come', async () => {
    await ask();
    clock.setWall(clock.now() - 1);
    connections.closeStale();
    await ask();

    expect(origin.sockets).toHaveLength(2);
  });

  it.each([
    ['timeout=3', 2000],
    ['max=5, Timeout=3', 2000],
    ['timeout=60', 5000],
  ])('keeps one of which the other side says %j for %d ms', async (said, ms) => {
    origin.answerWith(answer('found', `Keep-Alive: ${said}\r\n`));
    await ask();
    clock.freeze(ms);
    connections.closeStale();
    await ask();
    expect(origin.sockets).toHaveLength(1);

    clock.freeze(ms + 1);
    connections.closeStale();
    await ask();
    expect(origin.sockets).toHaveLength(2);
  });

  it('takes the connection that was used last, so that the others grow old', async () => {
    await Promise.all([ask(), ask()]);
    clock.freeze(4000);
    await ask();
    clock.freeze(4000);
    connections.closeStale();
    await ask();
    expect(origin.sockets).toHaveLength(2);

    await Promise.all([ask(), ask()]);
    expect(origin.sockets).toHaveLength(3);
  });

  it('closes all that are idle when it is told to', async () => {
    await Promise.all([ask(), ask()]);
    connections.closeIdle();
    await ask();

    expect(origin.sockets).toHaveLength(3);
  });

  it('forgets a connection that the other side closes', async () => {
    await ask();
    origin.sockets[0]?.end();
    await origin.firstClosed();
    await ask();

    expect(origin.sockets).toHaveLength(2);
  });

  it('ends what is under way, and who waits, when it is closed', async () => {
    connections = new UpstreamConnections(clock, { maxConnections: 1 });
    const arrived = new Promise<void>((resolve) => origin.answerWith(() => resolve()));
    const asked = [ask(), ask()].map((each) => each.catch((error: unknown) => error));
    await arrived;
    connections.close();

    expect(await Promise.all(asked)).toEqual([expect.any(Error), expect.any(Error)]);
  });

  /** Asks over `connection`, and tells when the answer is over. */
  const askOver = (connection: UpstreamConnection, over: () => void): void => {
    const taker = {
      given: () => undefined,
      failed: (error: Error) => error,
      over,
      pause: () => undefined,
      resume: () => undefined,
      abandon: () => undefined,
    };
    connection.ask(
      'POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n',
      new Uint8Array(),
      new ResponseAssembler(taker, 100),
    );
  };

  it('gives a connection to who waits for it when all that came with the answer before is read', async () => {
    connections = new UpstreamConnections(clock, { maxConnections: 1 });
    const seen: string[] = [];
    let first: UpstreamConnection | undefined;
    connections.request(origin.url, (connection) => {
      first = connection;
      askOver(connection, () => {
        seen.push('over');
        process.nextTick(() => seen.push('tick after'));
      });
    });
    const second = await new Promise<UpstreamConnection>((resolve) => {
      connections.request(origin.url, (connection) => {
        seen.push('given');
        resolve(connection);
      });
    });

    expect(seen).toEqual(['over', 'tick after', 'given']);
    expect(second).toBe(first);
  });

  it('gives another to who waits, once, where that one has failed by then', async () => {
    connections = new UpstreamConnections(clock, { maxConnections: 1 });
    const given: UpstreamConnection[] = [];
    const failed = new Promise<void>((resolve) => {
      connections.request(origin.url, (connection) => {
        given.push(connection);
        askOver(connection, () => {
          process.nextTick(() => {
            connection.fail(new Error('something came that nobody asked for'));
            setImmediate(resolve);
          });
        });
      });
    });
    for (const _ of [1, 2]) connections.request(origin.url, (connection) => given.push(connection));
    await failed;

    expect(given).toHaveLength(2);
    expect(given[1]).not.toBe(given[0]);
  });

  it('keeps the one that nobody waits for any more', async () => {
    connections = new UpstreamConnections(clock, { maxConnections: 1 });
    let giveUp = (): void => undefined;
    await new Promise<void>((resolve) => {
      connections.request(origin.url, (connection) => {
        askOver(connection, () => {
          giveUp();
          setImmediate(() => setImmediate(resolve));
        });
      });
      giveUp = connections.request(origin.url, () => undefined);
    });
    await ask();

    expect(origin.sockets).toHaveLength(1);
  });

  it('has a limit for each origin', async () => {
    connections = new UpstreamConnections(clock, { maxConnections: 1 });
    const other = await RawOrigin.start(bytesAndEnd('HTTP/1.1 200 OK\r\n\r\nother'));
    origin.answerWith(() => undefined);
    const first = ask().catch(() => undefined);
    const { signal } = new AbortController();

    expect(
      await sendRequest({ url: other.url, headers: [], body: new Uint8Array(), signal }, connections),
    ).toMatchObject({ status: 200 });
    connections.close();
    await Promise.all([first, other.close()]);
  });
});
