import { describe, expect, it } from '@jest/globals';
import type { BunServeOptions } from '../../../src/adapters/http/bun-serve.ts';
import { BunHttpServer } from '../../../src/adapters/http/bun-server.ts';
import { plainRequest } from '../../../src/adapters/http/plain-request.ts';
import type { PlainRequest, RequestHandler } from '../../../src/ports/server.ts';

const get = (url: string, host: string): Request =>
  new Request(url, { headers: { host, accept: 'text/plain' } });

describe('a plain request', () => {
  it('has the target and the headers of a web-standard one', () => {
    const { method, target, headers } = plainRequest(
      get('http://localhost:4000/a?b=%41+c', 'localhost:4000'),
    );

    expect([method, target]).toEqual(['GET', '/a?b=%41+c']);
    expect(headers).toEqual(['accept', 'text/plain', 'host', 'localhost:4000']);
  });

  it.each([
    ['http://elsewhere.example/a?b', 'localhost'],
    ['http://localhost:4000/a?b', 'localhost'],
    ['http://localhost/a?b', ''],
  ])('has no path for a target where %s and the host %j differ', (url, host) => {
    expect(plainRequest(get(url, host)).target).toBe(url);
  });
});

describe('the server of Bun', () => {
  const serving = async (handler: RequestHandler): Promise<BunServeOptions['fetch']> => {
    const opened: BunServeOptions[] = [];
    const server = new BunHttpServer({ port: 0, maxConnections: 2 }, (options) => {
      opened.push(options);
      return { port: 4321, pendingRequests: 0, stop: async () => undefined };
    });
    await server.listen();
    await server.serve(handler);
    const [first] = opened;
    if (first === undefined) throw new Error('nothing listens');
    return (request) => first.fetch(request);
  };

  it('answers by the shortcut of the handler what that can answer, and the rest by the handler', async () => {
    const shortcut = ({ target }: PlainRequest) =>
      target === '/quick'
        ? { headers: { etag: '"e"', 'content-length': '2' }, body: new Uint8Array([52, 50]) }
        : undefined;
    const fetch = await serving(Object.assign(() => new Response('by the handler'), { shortcut }));

    const quick = await fetch(get('http://localhost/quick', 'localhost'));
    expect([quick.status, quick.headers.get('etag'), await quick.text()]).toEqual([200, '"e"', '42']);
    const other = await fetch(get('http://localhost/other', 'localhost'));
    expect(await other.text()).toBe('by the handler');
  });
});
