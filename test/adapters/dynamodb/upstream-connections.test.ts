import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exchange } from '../../../src/adapters/dynamodb/exchange.ts';
import { UpstreamConnections } from '../../../src/adapters/dynamodb/upstream-connections.ts';
import { answer, bytesAndEnd, RawOrigin } from '../../support/dynamodb/raw-origin.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

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
    return exchange({ url: origin.url, headers: [], body: new Uint8Array(), signal }, connections);
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
    connections = new UpstreamConnections(clock, 1);
    const arrived = new Promise<void>((resolve) => origin.answerWith(() => resolve()));
    const asked = [ask(), ask()].map((each) => each.catch((error: unknown) => error));
    await arrived;
    connections.close();

    expect(await Promise.all(asked)).toEqual([expect.any(Error), expect.any(Error)]);
  });

  it('has a limit for each origin', async () => {
    connections = new UpstreamConnections(clock, 1);
    const other = await RawOrigin.start(bytesAndEnd('HTTP/1.1 200 OK\r\n\r\nother'));
    origin.answerWith(() => undefined);
    const first = ask().catch(() => undefined);
    const { signal } = new AbortController();

    expect(
      await exchange({ url: other.url, headers: [], body: new Uint8Array(), signal }, connections),
    ).toMatchObject({ status: 200 });
    connections.close();
    await Promise.all([first, other.close()]);
  });
});
