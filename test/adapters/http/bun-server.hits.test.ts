import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createApp, createHandler } from '../../../src/adapters/http/app.ts';
import type { BunServeOptions } from '../../../src/adapters/http/bun-serve.ts';
import { BunHttpServer } from '../../../src/adapters/http/bun-server.ts';
import type { RequestHandler } from '../../../src/ports/server.ts';
import { found } from '../../support/http/answers.ts';
import { AppUnderTest, optionsOf } from '../../support/http/app-under-test.ts';

const TOKEN = 's\u00e9cret';
/** As it comes: one character for each byte. */
const SENT_TOKEN = 's\u00c3\u00a9cret';
const TOKEN_HEADER = 'X-Aws-Parameters-Secrets-Token';

const PATHS = [
  '/words?shelf=Products&word=tea',
  '/words?word=gr%C3%BCn+tee&shelf=Products',
  '/words?shelf=Products&word=tea&format=upper',
  '/words?shelf=Products&word=tea&format=lower',
  '/words?shelf=Products&word=tea&word=tea',
  '/words?shelf=Products&word=%ff',
  '/words?shelf=Products&word=a?b',
  '/words?shelf=Products&word=a#b',
  '/words#?shelf=Products&word=tea',
  '/words?shelf=locked&word=tea',
  '/words?',
  '/words',
  '/words/?shelf=Products&word=tea',
  '//words?shelf=Products&word=tea',
  '/w%6Frds?shelf=Products&word=tea',
  '/health',
  '/',
];

const HEADERS: readonly (readonly [string, string])[] = [
  ['connection', 'keep-alive'],
  ['Accept', '*/*'],
  ['User-Agent', 'test'],
  ['X-Anything', 'at all'],
  ['HOST', 'localhost'],
  ['X-Forwarded-For', '10.0.0.1'],
  ['Forwarded', 'for=10.0.0.1'],
  ['VIA', '1.1 proxy'],
  ['origin', 'null'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Sec-Fetch-Mode', 'cors'],
  [TOKEN_HEADER, SENT_TOKEN],
  [TOKEN_HEADER, 'wrong'],
  ['Cache-Control', 'no-cache'],
  ['Cache-Control', 'max-age=x'],
  ['Cache-Control', ''],
  ['If-None-Match', '*'],
  ['Content-Length', '0'],
  ['Content-Length', '5'],
  ['Transfer-Encoding', 'chunked'],
];

const HOSTS = [
  'localhost:4000',
  '127.0.0.1',
  '[::1]:1',
  'LocalHost',
  'cache.example',
  'localhost.example:80',
];

const sent = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD', 'DELETE', 'POST'),
  origin: fc.oneof(
    { arbitrary: fc.constant('http://localhost:4000'), weight: 4 },
    fc.constantFrom('http://127.0.0.1', 'http://[::1]:1', 'http://cache.example', 'https://localhost'),
  ),
  path: fc.oneof({ arbitrary: fc.constantFrom(...PATHS.slice(0, 3)), weight: 2 }, fc.constantFrom(...PATHS)),
  host: fc.option(
    fc.oneof({ arbitrary: fc.constant('localhost:4000'), weight: 4 }, fc.constantFrom(...HOSTS)),
    {
      freq: 8,
    },
  ),
  token: fc.boolean(),
  others: fc.array(fc.oneof(fc.constantFrom(...HEADERS), fc.constantFrom(...HEADERS.slice(0, 4))), {
    maxLength: 3,
  }),
});

type Sent = typeof sent extends fc.Arbitrary<infer Value> ? Value : never;

const requestOf = ({ method, origin, path, host, token, others }: Sent): Request => {
  const headers = new Headers();
  if (host !== null) headers.append('host', host);
  if (token) headers.append(TOKEN_HEADER, SENT_TOKEN);
  for (const [name, value] of others) headers.append(name, value);
  return new Request(origin + path, { method, headers });
};

/** What Bun would ask with each request. */
const askedBy = async (handler: RequestHandler): Promise<BunServeOptions['fetch']> => {
  const listening: BunServeOptions[] = [];
  const server = new BunHttpServer({ port: 4000, maxConnections: 2 }, (options) => {
    listening.push(options);
    return { port: 4000, pendingRequests: 1, stop: async () => undefined };
  });
  await server.listen();
  await server.serve(handler);
  return (request) => listening[0]?.fetch(request) ?? Response.error();
};

const saidBy = async (given: Response | Promise<Response>) => {
  const answer = await given;
  return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
};

describe.each([
  ['without a token', undefined],
  ['with a token', TOKEN],
])('the short way of a hit on Bun, %s', (_, token) => {
  const app = new AppUnderTest();
  app.reader.answer = () => found('{"caf\u00e9":"\u{1f375}"}');
  const options = { ...optionsOf(app), ...(token === undefined ? {} : { token }) };
  const plain: Sent = {
    method: 'GET',
    origin: 'http://localhost:4000',
    path: PATHS[0] ?? '',
    host: 'localhost:4000',
    token: token !== undefined,
    others: [],
  };
  const countingHandler = () => {
    const handler = createHandler(options);
    const taken = { times: 0 };
    const shortcut: RequestHandler['shortcut'] = (...asked) => {
      const answer = handler.shortcut?.(...asked);
      if (answer !== undefined) taken.times += 1;
      return answer;
    };
    return {
      taken,
      handler: Object.assign((...asked: Parameters<RequestHandler>) => handler(...asked), { shortcut }),
    };
  };

  it('answers every request as the routes would', async () => {
    const { taken, handler } = countingHandler();
    const [short, long] = [await askedBy(handler), await askedBy(createApp(options).fetch)];

    await fc.assert(
      fc.asyncProperty(sent, async (each) => {
        expect(await saidBy(short(requestOf(each)))).toEqual(await saidBy(long(requestOf(each))));
      }),
      { numRuns: 500 },
    );

    expect(taken.times).toBeGreaterThan(20);
  });

  it('is taken whatever else a client sends that nobody looks at', async () => {
    const { taken, handler } = countingHandler();
    const ask = await askedBy(handler);

    for (const header of HEADERS.slice(0, 4)) await ask(requestOf({ ...plain, others: [header] }));

    expect(taken.times).toBe(4);
  });

  it('is not taken with any header that a guard or a route looks at', async () => {
    const { taken, handler } = countingHandler();
    const lookedAt = new Set<string>();
    const watched = requestOf(plain);
    const { headers } = watched;
    const noted = (name: string) => {
      lookedAt.add(name.toLowerCase());
      return name;
    };
    const watching = {
      get: (name: string) => headers.get(noted(name)),
      has: (name: string) => headers.has(noted(name)),
    };
    Object.defineProperty(watched, 'headers', { value: watching });
    await createApp(options).fetch(watched, { overLimit: false });
    const ask = await askedBy(handler);

    for (const name of lookedAt) await ask(requestOf({ ...plain, others: [[name, 'x']] }));

    expect(lookedAt.size).toBeGreaterThan(9);
    expect(taken.times).toBe(0);
  });
});
