import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { PortTakenError } from '../../../../src/adapters/http/server/server-errors.ts';
import { echo, ServerUnderTest } from '../../../support/http/server-under-test.ts';

const open: { close(): unknown }[] = [];
const closing = <T extends { close(): unknown }>(opened: T): T => {
  open.push(opened);
  return opened;
};
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

const listening = async <T extends HttpServer | TcpServer>(server: T, host: string, port = 0): Promise<T> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
  return closing(server);
};

const portOf = (server: TcpServer): number => (server.address() as AddressInfo).port;

const hasIpv6 = async (): Promise<boolean> => {
  const probe = createTcpServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject).listen(0, '::1', () => resolve());
    });
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
};

describe('NodeHttpServer.listen', () => {
  it('reports the port that it chose', async () => {
    const running = closing(await ServerUnderTest.serving());
    expect(running.server.port).toBeGreaterThan(0);
  });

  it('answers on both loopback addresses, on one port', async () => {
    const running = closing(await ServerUnderTest.serving());
    for (const host of (await hasIpv6()) ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
      const client = await running.client(host);
      client.get('/a');
      expect((await client.answer()).status).toBe(200);
    }
  });

  it('rejects with the port in use and what to do about it', async () => {
    const port = portOf(await listening(createTcpServer(), '127.0.0.1'));
    const running = closing(new ServerUnderTest({ port, takenForMs: 60 }));

    const failure = running.server.listen();

    await expect(failure).rejects.toBeInstanceOf(PortTakenError);
    await expect(failure).rejects.toMatchObject({ code: 'port_taken', port });
    await expect(failure).rejects.toThrow(/choose another port/);
  });

  it('rejects if the port is in use on ::1 only, and releases 127.0.0.1', async () => {
    if (!(await hasIpv6())) return;
    const port = portOf(await listening(createTcpServer(), '::1'));
    const running = closing(new ServerUnderTest({ port, takenForMs: 0 }));

    await expect(running.server.listen()).rejects.toBeInstanceOf(PortTakenError);

    await listening(createTcpServer(), '127.0.0.1', port);
  });

  it('waits for a port that becomes free', async () => {
    const holder = await listening(createServer(), '127.0.0.1');
    const running = closing(new ServerUnderTest({ port: portOf(holder), takenForMs: 20_000 }));

    const listened = running.server.listen();
    await new Promise((resolve) => setImmediate(resolve));
    holder.close();
    await listened;
    await running.server.serve(echo);

    const client = await running.client();
    client.get('/a');
    expect((await client.answer()).status).toBe(200);
  });

  it('rejects an invalid port with its cause', async () => {
    const running = closing(new ServerUnderTest({ port: 65_536 }));
    await expect(running.server.listen()).rejects.not.toBeInstanceOf(PortTakenError);
  });
});

describe('requests before a handler is set', () => {
  it('wait for the handler and keep their order', async () => {
    const running = closing(new ServerUnderTest());
    await running.server.listen();
    const client = await running.client();
    client.get('/first');
    client.get('/second');
    await running.caughtUp();
    expect(client.received).toBe('');

    await running.server.serve(echo);

    expect((await client.answer()).body).toContain('/first');
    expect((await client.answer()).body).toContain('/second');
  });

  it('are dropped if their client disconnects meanwhile', async () => {
    const running = closing(new ServerUnderTest());
    await running.server.listen();
    const impatient = await running.client();
    impatient.get('/impatient');
    const patient = await running.client();
    patient.get('/patient');
    await running.caughtUp();
    impatient.destroy();
    await impatient.closed;
    await running.caughtUp();

    const urls: string[] = [];
    await running.server.serve((request) => {
      urls.push(request.url);
      return new Response();
    });
    await patient.answer();

    expect(urls).toEqual(['http://localhost/patient']);
  });
});

describe('NodeHttpServer.close', () => {
  it('closes idle connections, and those with an outstanding response or an incomplete request', async () => {
    const running = closing(await ServerUnderTest.serving(() => new Promise(() => undefined)));
    const idle = await running.client();
    const waiting = await running.client();
    waiting.get('/never');
    const halfway = await running.client();
    halfway.send('GET /');

    await running.server.close();

    await Promise.all([idle.closed, waiting.closed, halfway.closed]);
    await expect(running.client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(running.ticks.isRunning).toBe(false);
  });

  it('closes a connection that its parser has released', async () => {
    const running = closing(await ServerUnderTest.serving());
    const client = await running.client('127.0.0.1', true);
    client.send('CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await client.answer()).status).toBe(405);

    await running.server.close();
  });

  it('closes while requests wait for a handler', async () => {
    const running = closing(new ServerUnderTest());
    await running.server.listen();
    const client = await running.client();
    client.get('/a');
    await running.server.close();
    await client.closed;
    expect(client.received).toBe('');
  });

  it('may be called twice, and on a server that never listened', async () => {
    const running = await ServerUnderTest.serving();
    await Promise.all([running.server.close(), running.server.close()]);
    await running.server.close();
    await new ServerUnderTest().server.close();
  });

  it('stops a listen that has just begun', async () => {
    const running = new ServerUnderTest();
    const listened = running.server.listen();
    await running.server.close();
    await listened;
    expect(running.ticks.isRunning).toBe(false);
    if (running.server.port !== 0) {
      await expect(running.client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
  });

  it('stops a listen that waits for its port', async () => {
    const port = portOf(await listening(createTcpServer(), '127.0.0.1'));
    const running = new ServerUnderTest({ port, takenForMs: 20_000 });
    const listened = running.server.listen();
    await new Promise((resolve) => setImmediate(resolve));
    await running.server.close();
    await listened;
  });
});

describe('a handler that violates its contract by failing', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ])('causes a 500 without a body: %s', async (_, handler) => {
    const running = closing(await ServerUnderTest.serving(handler));
    const client = await running.client();
    client.get('/a');
    const answer = await client.answer();
    expect(answer.status).toBe(500);
    expect(answer.body).toBe('');
  });
});
