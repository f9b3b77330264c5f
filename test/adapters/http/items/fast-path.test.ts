import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createApp, createHandler } from '../../../../src/adapters/http/app.ts';
import { NodeHttpServer } from '../../../../src/adapters/http/server/node-server.ts';
import {
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
} from '../../../../src/domain/cache/errors.ts';
import type { ReadResult } from '../../../../src/ports/inbound/item-reader.ts';
import type { RequestHandler } from '../../../../src/ports/inbound/server.ts';
import { AppUnderTest, absent, found, optionsOf } from '../../../support/http/app-under-test.ts';
import { RawConnection } from '../../../support/http/raw-connection.ts';

const TARGETS = [
  '/words?shelf=Products&word=tea',
  '/words?word=gr%C3%BCn+tee&shelf=Products',
  '/words?shelf=Products&word=tea&format=upper',
  '/words?shelf=Products&word=tea&format=lower',
  '/words?shelf=Products&word=tea&word=tea',
  '/words?shelf=Products',
  '/words?shelf=Products&word=%zz',
  '/words?shelf=Products&word=%ff',
  '/words?shelf=Products&word=a#b',
  '/words?shelf=Products&word=a\\b',
  '/words?shelf=Products&word=\u00e9',
  '/words?shelf=Products&word=a?b',
  '/words?shelf=locked&word=tea',
  '/words?shelf=Products&word=tea&__proto__=x',
  '/words?',
  '/words',
  '/words/',
  '/wordsX',
  '/words/?shelf=Products&word=tea',
  '//words?shelf=Products&word=tea',
  '/a/../words?shelf=Products&word=tea',
  'http://localhost/words?shelf=Products&word=tea',
  'http://elsewhere.example/words?shelf=Products&word=tea',
  '/health',
  '*',
];

const METHODS = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'DELETE', 'POST', 'OPTIONS'];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'];

const HEADERS = [
  'Host: localhost:4000',
  'Host: 127.0.0.1',
  'host: [::1]:1',
  'HOST: LocalHost:',
  'Host: localhost:99999',
  'Host: cache.example',
  'Host:',
  'Connection: keep-alive',
  'Connection: close',
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: h2c',
  'Accept: */*',
  'Accept-Encoding: gzip',
  'User-Agent: test',
  'traceparent: 00-1-2-03',
  'X-Forwarded-For: 10.0.0.1',
  'Forwarded: for=10.0.0.1',
  'Via: 1.1 proxy',
  'Origin: null',
  'Sec-Fetch-Site: cross-site',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-Mode: cors',
  'X-Aws-Parameters-Secrets-Token: s\u00e9cret',
  'X-Aws-Parameters-Secrets-Token: s\u00c3\u00a9cret',
  'X-Aws-Parameters-Secrets-Token: wrong',
  'X-Aws-Parameters-Secrets-Token:',
  'Cache-Control: no-cache',
  'Cache-Control: max-age=x',
  'If-None-Match: *',
  'If-None-Match: "x"',
  'Content-Length: 0',
  'X-Anything: at all',
];

const HEADERS_WITHOUT_EFFECT = HEADERS.filter((header) =>
  /^(?:Connection|Upgrade|Accept|User|trace)/.test(header),
);

const TOKEN = 's\u00e9cret';
const ITEM_BODY = '{"caf\u00e9":"\u{1f375}"}';

const request = fc.record({
  method: fc.constantFrom(...METHODS),
  target: fc.oneof(
    { arbitrary: fc.constantFrom(...TARGETS.slice(0, 3)), weight: 2 },
    fc.constantFrom(...TARGETS),
  ),
  version: fc.constantFrom(...VERSIONS),
  host: fc.option(fc.constantFrom('Host: localhost:4000', 'Host: 127.0.0.1:1'), { freq: 8 }),
  token: fc.boolean(),
  others: fc.array(fc.oneof(fc.constantFrom(...HEADERS), fc.constantFrom(...HEADERS_WITHOUT_EFFECT)), {
    maxLength: 3,
  }),
});

const bytesOf = ({ method, target, version, host, token, others }: Sent): string =>
  [
    `${method} ${target} ${version}`,
    ...(host === null ? [] : [host]),
    ...(token ? ['X-Aws-Parameters-Secrets-Token: s\u00c3\u00a9cret'] : []),
    ...others,
    '',
    '',
  ].join('\r\n');

type Sent = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

const serve = async (handler: RequestHandler): Promise<NodeHttpServer> => {
  const server = new NodeHttpServer({ port: 0, maxConnections: 64, maxHeaderBytes: 16_384 });
  await server.listen();
  await server.serve(handler);
  return server;
};

/** All that a server says to a request, byte for byte, but for the time of day. */
const answerTo = async (server: NodeHttpServer, bytes: string): Promise<string> => {
  const client = await RawConnection.connect(server.port, '127.0.0.1');
  const said: Buffer[] = [];
  client.socket.on('data', (chunk) => said.push(chunk));
  client.send(bytes);
  // An end without a whole answer is one way to answer what is no HTTP.
  await client.answer(!bytes.startsWith('HEAD')).catch(() => undefined);
  client.destroy();
  return Buffer.concat(said)
    .toString('latin1')
    .replace(/^Date: .*\r\n/gim, '');
};

describe.each([
  ['without a token', undefined],
  ['with a token', TOKEN],
])('the fast path of items, %s', (_, token) => {
  const app = new AppUnderTest();
  app.reader.answer = () => found(ITEM_BODY);
  const options = { ...optionsOf(app), ...(token === undefined ? {} : { token }) };
  let taken = 0;
  let short: NodeHttpServer;
  let long: NodeHttpServer;

  beforeAll(async () => {
    const handler = createHandler(options);
    const counting: RequestHandler = Object.assign(
      (...asked: Parameters<RequestHandler>) => handler(...asked),
      {
        fastPath: (...asked: Parameters<NonNullable<RequestHandler['fastPath']>>) => {
          const answer = handler.fastPath?.(...asked);
          if (answer !== undefined) taken += 1;
          return answer;
        },
      },
    );
    short = await serve(counting);
    long = await serve(createApp(options).fetch);
  });

  afterAll(async () => {
    await short.close();
    await long.close();
  });

  it('answers every request with the same bytes as the routes', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const bytes = bytesOf(sent);
        expect(await answerTo(short, bytes)).toBe(await answerTo(long, bytes));
      }),
      { numRuns: 300 },
    );
    // About one in ten; 20 and more are usual.
    expect(taken).toBeGreaterThan(5);
  });

  it.each<readonly [string, () => ReadResult | Promise<ReadResult>]>([
    [
      'a miss',
      async () => found(ITEM_BODY, { source: 'origin', reason: 'uri-miss', stored: true, collapsed: false }),
    ],
    ['a stale hit', () => found(ITEM_BODY, { source: 'memory', ttlMs: -1, stale: 'stale-while-revalidate' })],
    ['an absence', () => absent()],
    ['an absence that the source confirmed', async () => absent()],
    ['throttling', () => Promise.reject(new SourceThrottledError('too many reads', { retryAfterMs: 1_500 }))],
    [
      'a refusal at once',
      () => {
        throw new SourceRefusedError('access denied');
      },
    ],
    ['a defect', () => Promise.reject(new TypeError('a defect'))],
  ])('answers %s with the same bytes as the routes', async (_state, answer) => {
    const before = app.reader.answer;
    app.reader.answer = answer;
    const secret = token === undefined ? '' : 'x-aws-parameters-secrets-token: s\u00c3\u00a9cret\r\n';
    const bytes = `GET /words?shelf=Products&word=tea HTTP/1.1\r\nHost: localhost:4000\r\n${secret}\r\n`;
    taken = 0;
    try {
      expect(await answerTo(short, bytes)).toBe(await answerTo(long, bytes));
      expect(taken).toBe(1);
    } finally {
      app.reader.answer = before;
    }
  });

  it.each(TARGETS)('answers a plain GET of %s like the routes', async (target) => {
    const secret = token === undefined ? '' : 'x-aws-parameters-secrets-token: s\u00c3\u00a9cret\r\n';
    const bytes = `GET ${target} HTTP/1.1\r\nHost: localhost:4000\r\n${secret}\r\n`;
    expect(await answerTo(short, bytes)).toBe(await answerTo(long, bytes));
  });

  it('answers requests with the headers of common clients', async () => {
    taken = 0;
    const secret = token === undefined ? [] : ['x-aws-parameters-secrets-token: s\u00c3\u00a9cret'];
    for (const headers of [
      ['connection: keep-alive'],
      [
        'connection: keep-alive',
        'accept: */*',
        'accept-language: *',
        'sec-fetch-mode: cors',
        'user-agent: node',
      ],
      [
        'User-Agent: Java-http-client/21',
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: x',
      ],
    ]) {
      const lines = [
        'GET /words?shelf=Products&word=tea HTTP/1.1',
        'Host: localhost:4000',
        ...secret,
        ...headers,
      ];
      expect(await answerTo(short, [...lines, '', ''].join('\r\n'))).toContain('200 OK');
    }
    expect(taken).toBe(3);
  });
});

const PLAIN_GET = { method: 'GET', target: '/words?shelf=Products&word=tea', headers: ['Host', 'localhost'] };

describe('the fast path of items', () => {
  it('does not answer connections over the limit', () => {
    const app = new AppUnderTest();
    const { fastPath } = createHandler(optionsOf(app));

    expect(fastPath?.(PLAIN_GET, { overLimit: true })).toBeUndefined();
    expect(fastPath?.(PLAIN_GET, { overLimit: false })).toBeDefined();
  });

  it.each([
    [
      'at once',
      () => {
        throw new RangeError('a defect');
      },
    ],
    ['later', () => Promise.reject(new RangeError('a defect'))],
  ])(
    'answers 500 for an unexpected error that occurs %s, and logs it without the message',
    async (_, answer) => {
      const app = new AppUnderTest();
      const { fastPath } = createHandler(optionsOf(app));
      app.reader.answer = answer;

      const answered = await fastPath?.(PLAIN_GET, { overLimit: false });
      expect(answered?.status).toBe(500);
      expect(app.logger.at('error')).toMatchObject([{ fields: { error: 'RangeError' } }]);
    },
  );

  it('answers a miss after the source has answered', async () => {
    const app = new AppUnderTest();
    const { fastPath } = createHandler(optionsOf(app));
    app.reader.answer = async () => found(ITEM_BODY);

    const answer = await fastPath?.(PLAIN_GET, { overLimit: false });
    expect(answer).toMatchObject({ status: 200, headers: { age: '17' } });
    expect(app.reader.reads).toHaveLength(1);
  });

  it('answers a failure of the source like the routes', async () => {
    const app = new AppUnderTest();
    const { fastPath } = createHandler(optionsOf(app));
    app.reader.answer = () => Promise.reject(new SourceTimeoutError('no answer in time'));

    const answer = await fastPath?.(PLAIN_GET, { overLimit: false });
    expect(answer?.status).toBe(504);
    expect(app.logger.at('error')).toEqual([]);
  });
});
