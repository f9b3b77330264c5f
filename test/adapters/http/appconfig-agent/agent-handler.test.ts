import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAppConfigAgentHandler } from '../../../../src/adapters/http/appconfig-agent/agent-handler.ts';
import {
  ConfigurationDirectory,
  type ListedConfiguration,
} from '../../../../src/domain/appconfig/configuration-directory.ts';
import { AS_STORED } from '../../../../src/domain/appconfig/configuration-name.ts';
import {
  type CacheError,
  OverloadedError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../../../src/domain/cache/errors.ts';
import type { CacheStatus, ReadResult } from '../../../../src/ports/inbound/item-reader.ts';
import type { PlainAnswer, RequestHandler } from '../../../../src/ports/inbound/server.ts';
import { AGENT_VECTORS, FLAGS } from '../../../support/appconfig/agent-vectors.ts';
import { FakeItemReader } from '../../../support/fakes/fake-item-reader.ts';
import { RecordingLogger } from '../../../support/fakes/recording-logger.ts';
import { absent } from '../../../support/http/app-under-test.ts';

const PATH = '/applications/shop/environments/prod/configurations/flags';
const HIT: CacheStatus = { source: 'memory', ttlMs: 42_900 };

const stored = (text: string, mediaType = 'application/json', cache: CacheStatus = HIT): ReadResult => ({
  outcome: 'found',
  body: { contentType: AS_STORED, mediaType, bytes: new TextEncoder().encode(text), digest: text },
  ageMs: 17_900,
  cache,
});

let reader: FakeItemReader;
let logger: RecordingLogger;

const handlerOf = (
  onDemand = true,
  listed: readonly ListedConfiguration[] = [
    { application: 'shop', environment: 'prod', profile: 'flags', group: 'shop-flags' },
  ],
): RequestHandler =>
  createAppConfigAgentHandler({
    directory: new ConfigurationDirectory(listed, onDemand),
    reader,
    version: 'dynamodb-cache-extension 1.2.3',
    cacheName: 'test-cache',
    logger,
  });

/** Headers as `fetch` of Node.js sends them. */
const HEADERS = ['Host', 'localhost:2772', 'accept', '*/*', 'sec-fetch-mode', 'cors', 'user-agent', 'node'];

const pairsOf = (headers: readonly string[]): [string, string][] =>
  headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : []));

const general = async (
  handler: RequestHandler,
  target: string,
  { method = 'GET', headers = HEADERS, overLimit = false } = {},
): Promise<PlainAnswer> => {
  const request = new Request(new URL(target, 'http://localhost:2772'), {
    method,
    headers: pairsOf(headers),
  });
  const response = await handler(request, { overLimit });
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
};

const fast = async (
  handler: RequestHandler,
  target: string,
  headers = HEADERS,
  overLimit = false,
): Promise<PlainAnswer | undefined> => handler.fastPath?.({ method: 'GET', target, headers }, { overLimit });

const textOf = ({ body }: PlainAnswer): string => new TextDecoder().decode(body);

/** Status, body and headers of both ways, once they are seen to be equal. */
const answerTo = async (target: string, handler = handlerOf()): Promise<PlainAnswer> => {
  const long = await general(handler, target);
  const short = await fast(handler, target);
  expect(short && { ...short, body: textOf(short) }).toEqual({ ...long, body: textOf(long) });
  return long;
};

beforeEach(() => {
  reader = new FakeItemReader();
  logger = new RecordingLogger();
  reader.answer = () => stored(FLAGS);
});

describe('the answers that the agent of AWS gives', () => {
  it.each(AGENT_VECTORS)('are given byte for byte: $title', async ({ query, status, body }) => {
    const answer = await answerTo(query === '' ? PATH : `${PATH}?${query}`);

    expect(answer.status).toBe(status);
    expect(textOf(answer)).toBe(body);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    });
  });

  it('are 404 for an unknown profile (G5)', async () => {
    reader.answer = () => absent();
    const answer = await answerTo(PATH);

    expect(answer).toMatchObject({
      status: 404,
      headers: { age: '3', 'cache-status': 'test-cache; hit; ttl=42', 'content-type': 'application/json' },
    });
    expect(JSON.parse(textOf(answer))).toEqual({
      Message: 'the configuration, or a deployment of it, does not exist',
      ResourceType: 'Configuration',
    });
  });

  it('are bytes and type as stored for YAML (G6)', async () => {
    reader.answer = () => stored('foo: bar\n', 'application/x-yaml');
    const answer = await answerTo(PATH);

    expect(textOf(answer)).toBe('foo: bar\n');
    expect(answer.headers['content-type']).toBe('application/x-yaml');
  });
});

describe('a configuration', () => {
  it('is answered synchronously for a hit, with its age and the state of the cache', () => {
    const answer = handlerOf().fastPath?.(
      { method: 'GET', target: PATH, headers: HEADERS },
      { overLimit: false },
    );

    expect(answer).toMatchObject({
      status: 200,
      headers: { age: '17', 'cache-status': 'test-cache; hit; ttl=42' },
    });
  });

  it('is answered after a miss', async () => {
    const cache: CacheStatus = { source: 'origin', reason: 'uri-miss', stored: true, collapsed: false };
    reader.answer = async () => stored('x', 'text/plain', cache);

    expect((await answerTo(PATH)).headers['cache-status']).toBe(
      'test-cache; fwd=uri-miss; fwd-status=200; stored',
    );
  });

  it('is read under its key, in the only form, at any age', async () => {
    const handler = handlerOf();
    await answerTo(PATH, handler);
    await answerTo('/applications/my%20app/environments/my%2Fenv/configurations/p?x=1', handler);
    const freshness = { kind: 'any' };

    expect(reader.reads).toEqual(
      ['shop-flags\0shop/prod/flags', 'appconfig:*\0my app/my%2Fenv/p'].flatMap((text) => {
        const read = { key: expect.objectContaining({ text }), request: { contentType: '*/*', freshness } };
        return [read, read];
      }),
    );
  });

  it('is 403 if it is not listed and only listed ones may be read', async () => {
    const answer = await answerTo(PATH, handlerOf(false, []));

    expect(answer.status).toBe(403);
    expect(JSON.parse(textOf(answer)).Reason).toBe('configuration_not_listed');
    expect(reader.reads).toEqual([]);
  });

  it('ignores Entity-Id and Cache-Control', async () => {
    const headers = [...HEADERS, 'Entity-Id', 'user-1', 'Cache-Control', 'no-cache'];

    expect((await general(handlerOf(), PATH, { headers })).status).toBe(200);
    expect(reader.reads[0]?.request.freshness).toEqual({ kind: 'any' });
    expect(await fast(handlerOf(), PATH, headers)).toBeUndefined();
  });
});

describe('variants of flags', () => {
  it('are answered with 501 if a header asks for them', async () => {
    const headers = [...HEADERS, 'Context', 'country=FR'];
    const answer = await general(handlerOf(), PATH, { headers });

    expect(answer.status).toBe(501);
    expect(JSON.parse(textOf(answer)).Message).toContain('the Context header');
    expect(await fast(handlerOf(), PATH, headers)).toBeUndefined();
  });

  it('are answered with 501 if the requested flag has them', async () => {
    reader.answer = () => stored('{"a":{"enabled":true,"_variant":"QA"},"b":{"enabled":true}}');

    expect((await answerTo(`${PATH}?flag=a`)).status).toBe(501);
    expect((await answerTo(`${PATH}?flag=b`)).status).toBe(200);
  });
});

describe('flags in the query', () => {
  it.each([
    ['flag=feature%41', 200],
    ['flag=featureA&other=1', 200],
    ['Flag=featureX', 200],
    ['flag=', 400],
    ['flag', 400],
    ['flag=%zz', 400],
    ['flag=a+b', 400],
    ['flag=%22', 400],
  ])('%s give %d', async (query, status) => {
    const answer = await answerTo(`${PATH}?${query}`);

    expect(answer.status).toBe(status);
    expect(() => JSON.parse(textOf(answer))).not.toThrow();
  });

  it('are reported in alphabetical order if they do not exist', async () => {
    const answer = await answerTo(`${PATH}?flag=2&flag=b%22&flag=1&flag=featureA`);

    expect(textOf(answer)).toContain(
      '{"Value":{"1":{"Problem":"NoSuchFlag"},"2":{"Problem":"NoSuchFlag"},"b\\"":{"Problem":"NoSuchFlag"}}}',
    );
  });
});

describe('failures', () => {
  it.each<[CacheError, number, string | undefined]>([
    [new SourceRefusedError('refused'), 403, undefined],
    [new SourceTimeoutError('late'), 504, undefined],
    [new SourceConnectionError('lost'), 502, undefined],
    [new SourceUnavailableError('broken'), 502, undefined],
    [new SourceThrottledError('slow', { retryAfterMs: 1_000 }), 503, '1'],
    [new OverloadedError('full'), 503, undefined],
  ])('are answered in the form of the agent: %s', async (error, status, retryAfter) => {
    reader.answer = () => {
      throw error;
    };
    const thrown = await answerTo(PATH);
    reader.answer = () => Promise.reject(error);

    expect(await answerTo(PATH)).toEqual(thrown);
    expect(thrown.status).toBe(status);
    expect(thrown.headers['retry-after']).toBe(retryAfter);
    expect(JSON.parse(textOf(thrown))).toEqual({ Message: error.message, Reason: error.code });
    expect(logger.lines).toEqual([]);
  });

  it('that are defects are logged and answered with 500, without their message', async () => {
    reader.answer = () => Promise.reject(new TypeError('quotes a value'));
    const answer = await answerTo(PATH);

    expect(answer.status).toBe(500);
    expect(textOf(answer)).not.toContain('quotes');
    expect(logger.at('error')).toHaveLength(2);
  });
});

describe('other requests', () => {
  it('to /ping are answered with the version', async () => {
    const answer = await general(handlerOf(), '/ping');

    expect([answer.status, textOf(answer)]).toEqual([200, 'dynamodb-cache-extension 1.2.3']);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it.each([
    '/',
    '/ping/',
    '/applications/shop',
    `${PATH}/`,
    `${PATH}/x`,
    PATH.replace('shop', ''),
    PATH.replace('shop', '%zz'),
    PATH.replace('shop', 'a'.repeat(129)),
  ])('to %s are answered with 404', async (target) => {
    const answer = await general(handlerOf(), target);

    expect(answer.status).toBe(404);
    expect(textOf(answer)).toBe(
      '{"Message":"Unrecognized or malformed path","ResourceType":"Configuration"}',
    );
    expect(await fast(handlerOf(), target)).toMatchObject({ status: 404 });
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('with %s are answered with 405', async (method) => {
    const answer = await general(handlerOf(), PATH, { method });

    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET']);
    expect(handlerOf().fastPath?.({ method, target: PATH, headers: HEADERS }, { overLimit: false })).toBe(
      undefined,
    );
  });

  const withHeader = (...header: readonly string[]) => [...HEADERS, ...header];
  it.each([
    ['a forwarded request', withHeader('X-Forwarded-For', '10.0.0.1'), 400, 'forwarded_request'],
    ['a foreign host', ['Host', 'cache.example'], 400, 'foreign_host'],
    ['a web page', withHeader('Origin', 'http://a.example'), 400, 'cross_site'],
    ['another site', withHeader('Sec-Fetch-Site', 'cross-site'), 400, 'cross_site'],
  ])('from %s are rejected', async (_, headers, status, code) => {
    for (const target of [PATH, '/ping', '/other']) {
      const answer = await general(handlerOf(), target, { headers });
      expect([answer.status, JSON.parse(textOf(answer)).Reason]).toEqual([status, code]);
    }
    expect(await fast(handlerOf(), PATH, headers)).toBeUndefined();
    expect(reader.reads).toEqual([]);
  });

  it('on connections over the limit are rejected, and their connection is closed', async () => {
    const answer = await general(handlerOf(), PATH, { overLimit: true });

    expect([answer.status, answer.headers.connection]).toEqual([429, 'close']);
    expect(await fast(handlerOf(), PATH, HEADERS, true)).toBeUndefined();
  });
});

it('shares no parsed configuration with another handler', async () => {
  const found = (text: string): ReadResult => {
    const result = stored(text);
    return result.outcome === 'found' ? { ...result, body: { ...result.body, digest: 'same' } } : result;
  };
  reader.answer = () => found('{"f":{"enabled":true}}');
  expect(textOf(await answerTo(`${PATH}?flag=f`))).toBe('{"enabled":true}');
  reader.answer = () => found('{"f":{"enabled":false}}');

  expect(textOf(await answerTo(`${PATH}?flag=f`, handlerOf()))).toBe('{"enabled":false}');
});

it('gives equal answers on both ways, whatever the target', async () => {
  const piece = fc.constantFrom(
    ...[
      'shop',
      '.',
      '..',
      '%2e',
      '%2F',
      '%C3%BC',
      '%',
      '%ff',
      '+',
      '"',
      "'",
      '|',
      '\\',
      '#',
      '?',
      '&',
      '=',
      ';',
      ':',
    ],
    ...['\u00e9', 'a', '//', '@', '[', '{', '^', '`', '<', '~'],
  );
  const text = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''));
  const handler = handlerOf();
  await fc.assert(
    fc.asyncProperty(text, text, fc.option(text), async (application, flag, other) => {
      const query = other === null ? '' : `?flag=${flag}&${other}`;
      const target = `/applications/${application}x/environments/${application}/configurations/p${query}`;
      reader.reads.length = 0;
      const short = await fast(handler, target);
      if (short === undefined) return;
      const long = await general(handler, target);

      expect({ ...long, body: textOf(long) }).toEqual({ ...short, body: textOf(short) });
      const [one, two] = reader.reads;
      expect(two?.key.text).toBe(one?.key.text);
    }),
    { numRuns: 300 },
  );
});
