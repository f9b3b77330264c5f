import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createApp, createHandler } from '../../../src/adapters/http/app.ts';
import type { RequestHandler } from '../../../src/ports/inbound/server.ts';
import type { WireOperations } from '../../../src/ports/inbound/wire-operations.ts';
import { AppUnderTest, codeOf, optionsOf } from '../../support/http/app-under-test.ts';

const GET_ITEM = { 'x-amz-target': 'Shop_1.GetItem' };

const echo: WireOperations = {
  async execute(incoming) {
    const { operation } = incoming;
    if (operation === 'Break') throw new TypeError('broken');
    const body = await incoming.read();
    return { status: operation === 'Refuse' ? 400 : 200, headers: {}, body };
  },
};

/** The way past the router and the way through it, with the same behind both. */
const bothWays = (operations: WireOperations) => {
  const app = new AppUnderTest();
  const options = { ...optionsOf(app), wire: [{ targetPrefix: 'Shop_1.', operations }] };
  return { past: createHandler(options), through: createApp(options).fetch, logger: app.logger };
};

const sent = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'DELETE'),
  target: fc.constantFrom('/', '/', '/', '/?', '/?a=/', '//', '/x', '/words/', '/health'),
  headers: fc.record(
    {
      host: fc.constantFrom('localhost:4000', '127.0.0.1', 'shop.example'),
      'x-amz-target': fc.constantFrom(
        'Shop_1.GetItem',
        'Shop_1.Refuse',
        'Shop_1.Break',
        'Shop_2.GetItem',
        'GetItem',
        '',
      ),
      'x-forwarded-for': fc.constant('10.0.0.1'),
      'sec-fetch-site': fc.constantFrom('cross-site', 'none'),
      'x-dynamodb-cache-forwarded': fc.constant('1'),
    },
    { requiredKeys: ['host', 'x-amz-target'] },
  ),
  hasTarget: fc.boolean(),
  body: fc.constantFrom('', '{}', '{"TableName":"Teas"}'),
  overLimit: fc.boolean(),
});

type Sent = typeof sent extends fc.Arbitrary<infer Shape> ? Shape : never;

type Answered = {
  readonly status: number;
  readonly told: readonly (readonly [string, string])[];
  readonly body: string;
};

const headersOf = ({ headers, hasTarget }: Sent): Readonly<Record<string, string>> => {
  const { 'x-amz-target': named, ...others } = headers;
  return hasTarget ? { ...others, 'x-amz-target': named } : others;
};

/** Without the id, which is random. */
const withoutId = (headers: Iterable<readonly [string, string]>) =>
  [...headers]
    .filter(([name]) => name !== 'x-amzn-requestid')
    .sort(([one], [other]) => (one < other ? -1 : 1));

const answerThroughRouter = async (handler: RequestHandler, sent: Sent): Promise<Answered> => {
  const { method, target, body, overLimit } = sent;
  const request = new Request(`http://${sent.headers.host}${target}`, {
    method,
    headers: headersOf(sent),
    body,
  });
  const response = await handler(request, { overLimit });
  return { status: response.status, told: withoutId(response.headers), body: await response.text() };
};

/** The answer of the raw handler; `undefined` if it leaves the request to the router. */
const answerPastRouter = async (
  { rawHandler }: RequestHandler,
  sent: Sent,
): Promise<Answered | undefined> => {
  const { method, target, body, overLimit } = sent;
  const answer = await rawHandler?.(
    {
      method,
      target,
      headers: Object.entries(headersOf(sent)).flat(),
      signal: new AbortController().signal,
      read: async () => new TextEncoder().encode(body),
    },
    { overLimit },
  );
  if (answer === undefined || !(answer.body instanceof Uint8Array)) return undefined;
  const told = withoutId(Object.entries(answer.headers));
  return { status: answer.status, told, body: new TextDecoder().decode(answer.body) };
};

describe('the handler of an app with the SDK endpoint', () => {
  it('answers without the router like the router', async () => {
    const { past, through } = bothWays(echo);

    let taken = 0;
    await fc.assert(
      fc.asyncProperty(sent, async (request) => {
        const answer = await answerPastRouter(past, request);
        if (answer === undefined) return;
        taken += 1;
        expect(answer).toEqual(await answerThroughRouter(through, request));
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(5);
  });

  it('returns the answer of the operation', async () => {
    const { past } = bothWays(echo);
    const request = new Request('http://localhost:4000/', {
      method: 'POST',
      headers: { host: 'localhost:4000', ...GET_ITEM },
      body: '{"TableName":"Teas"}',
    });

    const response = await past(request, { overLimit: false });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"TableName":"Teas"}');
  });

  it('creates no abort signal for an operation that needs none', async () => {
    const { past } = bothWays(echo);
    const request = {
      method: 'POST',
      target: '/',
      headers: ['Host', 'localhost:4000', 'X-Amz-Target', 'Shop_1.GetItem'],
      read: async () => new TextEncoder().encode('{}'),
      get signal(): AbortSignal {
        throw new TypeError('the signal is not needed');
      },
    };

    const answer = await past.rawHandler?.(request, { overLimit: false });

    expect(answer?.status).toBe(200);
    expect(answer?.body).toEqual(new TextEncoder().encode('{}'));
  });

  it('logs an invalid answer once', async () => {
    const { past, logger } = bothWays({
      execute: async () => ({ status: 999, headers: {}, body: new Uint8Array() }),
    });
    const request = new Request('http://localhost:4000/', {
      method: 'POST',
      headers: { host: 'localhost:4000', ...GET_ITEM },
      body: '{}',
    });

    expect(await codeOf(await past(request, { overLimit: false }))).toBe('500 internal');
    expect(logger.at('error')).toHaveLength(1);
  });
});
