import { afterEach, describe, expect, it } from '@jest/globals';
import { BunHttpServer, type BunListen } from '../../../../src/adapters/http/server/bun-server.ts';
import { netListen } from '../../../support/http/net-listen.ts';
import { RawConnection } from '../../../support/http/raw-connection.ts';
import { echo } from '../../../support/http/server-under-test.ts';

/** Bun as far as listening goes, with ports that others hold. */
class Listening {
  readonly open: string[] = [];
  readonly refusals = new Map<string, string>();
  attempts = 0;
  /** Called before each attempt to listen. */
  beforeAttempt: () => void = () => undefined;

  readonly listen: BunListen = (options) => {
    this.attempts += 1;
    this.beforeAttempt();
    const refusal = this.refusals.get(options.hostname);
    if (refusal !== undefined) throw Object.assign(new Error('cannot listen'), { code: refusal });
    const listener = netListen(options);
    this.open.push(options.hostname);
    return {
      port: listener.port,
      stop: (closesConnections) => {
        listener.stop(closesConnections);
        this.open.splice(this.open.indexOf(options.hostname), 1);
      },
    };
  };
}

let server: BunHttpServer;
afterEach(() => server.close());

const serverOn = (listening: Listening, options: { port?: number; takenForMs?: number } = {}) => {
  const all = { port: 0, maxConnections: 2, maxHeaderBytes: 16_384, takenForMs: 100, ...options };
  server = new BunHttpServer(all, listening.listen);
  return server;
};

describe('BunHttpServer', () => {
  it('listens on both loopback addresses, on one port', async () => {
    const listening = new Listening();

    await serverOn(listening).listen();

    expect(listening.open).toEqual(['127.0.0.1', '::1']);
    for (const host of ['127.0.0.1', '::1']) (await RawConnection.connect(server.port, host)).destroy();
  });

  it('listens on 127.0.0.1 only if the machine has no IPv6', async () => {
    const listening = new Listening();
    listening.refusals.set('::1', 'EADDRNOTAVAIL');

    await serverOn(listening).listen();

    expect(listening.open).toEqual(['127.0.0.1']);
  });

  it('waits for a port that becomes free', async () => {
    const listening = new Listening();
    listening.refusals.set('127.0.0.1', 'EADDRINUSE');
    listening.beforeAttempt = () => {
      if (listening.attempts === 2) listening.refusals.clear();
    };

    await serverOn(listening).listen();

    expect(listening.open).toHaveLength(2);
  });

  it('rejects with the port in use, and releases 127.0.0.1 if the port is in use on ::1', async () => {
    const listening = new Listening();
    listening.refusals.set('::1', 'EADDRINUSE');

    await expect(serverOn(listening, { port: 0 }).listen()).rejects.toMatchObject({ code: 'port_taken' });

    expect(listening.open).toEqual([]);
  });

  it('rejects an invalid port with its cause', async () => {
    const listening = new Listening();
    listening.refusals.set('127.0.0.1', 'EACCES');

    await expect(serverOn(listening, { port: 80 }).listen()).rejects.toMatchObject({ code: 'EACCES' });
  });

  it('queues requests until a handler is set', async () => {
    await serverOn(new Listening()).listen();
    const client = await RawConnection.connect(server.port, '127.0.0.1');
    client.get('/early');

    await server.serve(echo);

    expect((await client.answer()).body).toContain('/early');
    client.destroy();
  });

  it('closes all connections when it is closed', async () => {
    await serverOn(new Listening()).listen();
    await server.serve(() => new Promise(() => undefined));
    const [idle, waiting] = [
      await RawConnection.connect(server.port, '127.0.0.1'),
      await RawConnection.connect(server.port, '127.0.0.1'),
    ];
    waiting.get('/a');

    await server.close();

    await Promise.all([idle.closed, waiting.closed]);
  });
});
