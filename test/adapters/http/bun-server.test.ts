import { describe, expect, it } from '@jest/globals';
import type { BunServeOptions } from '../../../src/adapters/http/bun-serve.ts';
import { BunHttpServer } from '../../../src/adapters/http/bun-server.ts';
import { RecordingLogger } from '../../support/fakes/recording-logger.ts';
import { echo } from '../../support/http/server-under-test.ts';

const FREE = 4321;

/** Bun as far as servers go, with ports that others hold. */
class FakeBun {
  readonly open: BunServeOptions[] = [];
  readonly taken = new Set<string>();
  attempts = 0;
  pendingRequests = 0;
  /** Called before each attempt to listen. */
  beforeAttempt: () => void = () => undefined;

  readonly serve = (options: BunServeOptions) => {
    this.attempts += 1;
    this.beforeAttempt();
    const refusal = this.taken.has(options.hostname) ? 'EADDRINUSE' : this.refusals.get(options.hostname);
    if (refusal !== undefined) throw Object.assign(new Error('cannot listen'), { code: refusal });
    this.open.push(options);
    const bun = this;
    return {
      port: options.port || FREE,
      get pendingRequests() {
        return bun.pendingRequests;
      },
      stop: async () => {
        this.open.splice(this.open.indexOf(options), 1);
      },
    };
  };

  readonly refusals = new Map<string, string>();

  ask(path = '/a'): Response | Promise<Response> | undefined {
    return this.open[0]?.fetch(new Request(`http://localhost:${FREE}${path}`));
  }
}

const serverOn = (bun: FakeBun, options: { port?: number; takenForMs?: number } = {}) =>
  new BunHttpServer({ port: 0, maxConnections: 2, takenForMs: 100, ...options }, bun.serve);

describe('the server of Bun', () => {
  it('listens on both loopback addresses, on one port, and never closes an idle connection', async () => {
    const bun = new FakeBun();
    const server = serverOn(bun);

    await server.listen();

    expect(bun.open).toMatchObject([
      { hostname: '127.0.0.1', port: 0, idleTimeout: 0, development: false },
      { hostname: '::1', port: FREE, idleTimeout: 0, development: false },
    ]);
    expect(server.port).toBe(FREE);
  });

  it('does without ::1 where the machine has none', async () => {
    const bun = new FakeBun();
    bun.refusals.set('::1', 'EADDRNOTAVAIL');

    await serverOn(bun).listen();

    expect(bun.open.map(({ hostname }) => hostname)).toEqual(['127.0.0.1']);
  });

  it('waits for a port that becomes free', async () => {
    const bun = new FakeBun();
    bun.taken.add('127.0.0.1');
    bun.beforeAttempt = () => {
      if (bun.attempts === 2) bun.taken.clear();
    };

    await serverOn(bun, { port: 4000 }).listen();

    expect(bun.open).toHaveLength(2);
  });

  it('names the port that stays taken, and leaves 127.0.0.1 to others if that is ::1', async () => {
    const bun = new FakeBun();
    bun.taken.add('::1');

    await expect(serverOn(bun, { port: 4000 }).listen()).rejects.toMatchObject({
      code: 'port_taken',
      port: 4000,
    });

    expect(bun.open).toEqual([]);
  });

  it('reports what is wrong with a port that nobody may have', async () => {
    const bun = new FakeBun();
    bun.refusals.set('127.0.0.1', 'EACCES');

    await expect(serverOn(bun, { port: 80 }).listen()).rejects.toMatchObject({ code: 'EACCES' });
  });

  it('lets requests wait for who answers them', async () => {
    const bun = new FakeBun();
    const server = serverOn(bun);
    await server.listen();
    const answer = bun.ask('/early');

    await server.serve(echo);

    expect(await (await answer)?.json()).toMatchObject({
      url: `http://localhost:${FREE}/early`,
      overLimit: false,
    });
  });

  it('marks requests that are too many at the same time', async () => {
    const bun = new FakeBun();
    const server = serverOn(bun);
    await server.listen();
    await server.serve(echo);

    // Half of them on each address.
    bun.pendingRequests = 1;
    expect(await (await bun.ask())?.json()).toMatchObject({ overLimit: false });
    bun.pendingRequests = 2;
    expect(await (await bun.ask())?.json()).toMatchObject({ overLimit: true });
  });

  it('gives a request a URL where Bun made none of its Host', async () => {
    const bun = new FakeBun();
    const server = serverOn(bun);
    await server.listen();
    await server.serve(({ url, headers }) => new Response(`${url} of ${headers.get('x-caller')}`));
    const request = new Request('http://localhost/a', { headers: { 'X-Caller': 'somebody' } });
    Object.defineProperty(request, 'url', { value: '/dynamodb?name=x' });

    const answer = await bun.open[0]?.fetch(request);

    expect(await answer?.text()).toBe('http://localhost/dynamodb?name=x of somebody');
  });

  it('answers 500 without a word where a handler fails although it never should, and logs it', async () => {
    const bun = new FakeBun();
    const logger = new RecordingLogger();
    const server = serverOn(bun);
    await server.listen();
    await server.serve(echo, logger);

    const answer = bun.open[0]?.error(new Error('nobody foresaw it'));

    expect(answer?.status).toBe(500);
    expect(await answer?.text()).toBe('');
    expect(JSON.stringify(logger)).toContain('nobody foresaw it');
  });

  it('closes both', async () => {
    const bun = new FakeBun();
    const server = serverOn(bun);
    await server.listen();

    await server.close();

    expect(bun.open).toEqual([]);
  });
});
