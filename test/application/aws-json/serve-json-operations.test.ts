import { describe, expect, it } from '@jest/globals';
import { ServeJsonOperations } from '../../../src/application/aws-json/serve-json-operations.ts';
import { AWS_JSON } from '../../../src/domain/named-values/value-bodies.ts';
import type { ExternalRead } from '../../../src/application/invalidation/side-load.ts';
import { NotForwardedError, OperationRefusedError } from '../../../src/ports/inbound/wire-operations.ts';
import type { ForwardedOperation } from '../../../src/ports/outbound/operation-forwarder.ts';
import {
  type ApplicationOptions,
  createApplication,
  groupOf,
  refused,
  throttled,
  unavailable,
  unreachable,
} from '../../support/application/create-application.ts';
import { FakeForwarder, RECOGNISES_ALL, WORDS, wordKey } from '../../support/fakes/fake-json-service.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

interface ServingOptions extends ApplicationOptions {
  readonly recogniser?: typeof RECOGNISES_ALL;
  /** For all groups, or for this one. */
  readonly hasRole?: boolean | 'LentWords';
}

const serving = (options: ServingOptions = {}) => {
  const { recogniser = RECOGNISES_ALL, hasRole = false, ...others } = options;
  const app = createApplication({
    groups: ['Words', 'LentWords'].map((name) => ({ ...groupOf(name), contentTypes: [AWS_JSON] })),
    throughSource: (source) => Object.assign(source, { hasConsistentReads: false }),
    ...others,
  });
  const forwarder = new FakeForwarder();
  const operations = new ServeJsonOperations({
    cache: app,
    operations: WORDS,
    writtenGroups: ['Words'],
    hasRole: (group) => hasRole === true || hasRole === group,
    recogniser,
    forwarder,
  });
  const execute = async (operation: string, input: unknown, contentType = AWS_JSON) => {
    const answer = await operations.execute({
      operation,
      headers: new Headers({ 'content-type': contentType }),
      signal: new AbortController().signal,
      read: async () => encode(typeof input === 'string' ? input : JSON.stringify(input)),
    });
    const { body } = answer;
    return { status: answer.status, text: body instanceof Uint8Array ? new TextDecoder().decode(body) : '' };
  };
  const put = (...words: readonly string[]) => {
    for (const word of words) app.source.put(wordKey(word), JSON.stringify(word));
  };
  const getWord = () => execute('GetWord', { Word: 'tea' });
  return { ...app, operations, forwarder, execute, put, getWord };
};

type Served = ReturnType<typeof serving>;

describe('a read of one value', () => {
  it('reads through the cache', async () => {
    const { put, getWord, source, forwarder } = serving();
    put('tea');

    expect([await getWord(), await getWord()]).toEqual(Array(2).fill({ status: 200, text: '"tea"' }));
    expect([source.calls.length, forwarder.forwarded]).toEqual([1, []]);
  });

  it('is forwarded if the cache cannot answer that a value is absent', async () => {
    const { getWord, forwarder } = serving();
    await getWord();

    expect(forwarder.forwarded).toEqual(['GetWord']);
  });

  it.each([
    ['refused', refused()],
    ['not answered', unreachable()],
  ])("is forwarded if the cache's own read is %s", async (_, failure) => {
    const { getWord, source, forwarder, forwards } = serving();
    source.failWith(failure);

    expect((await getWord()).text).toBe('{}');
    expect([forwarder.forwarded, forwards.snapshot()]).toEqual([['GetWord'], { cache_read_failed: 1 }]);
  });

  it("is not forwarded if the cache's own read is throttled", async () => {
    const { getWord, source, forwarder } = serving();
    source.failWith(throttled());

    await expect(getWord()).rejects.toMatchObject({ code: 'throttled' });
    expect(forwarder.forwarded).toEqual([]);
  });

  it.each([
    ['is not answered when it reads a further page', 'NextWord', unreachable()],
    ['is refused when it does not read a further page', 'GetWord', refused()],
  ])('invalidates nothing if it %s', async (_, operation, failure) => {
    const { put, getWord, execute, source } = serving();
    put('tea');
    await getWord();
    source.failFor(wordKey('page-2'), failure);
    await execute(operation, { Word: 'page-2' });
    await getWord();

    expect(source.calls).toHaveLength(2);
  });

  it('invalidates the pages before it if AWS refuses to continue', async () => {
    const { put, getWord, execute, source } = serving();
    put('tea');
    await getWord();
    source.failFor(wordKey('page-2'), refused());
    await execute('NextWord', { Word: 'page-2' });
    await getWord();
    await getWord();

    expect(source.calls).toHaveLength(3);
  });
});

describe('what the cache cannot answer', () => {
  it.each([
    ['other_operation', 'Speak', { Word: 'tea' }, AWS_JSON],
    ['content_type', 'GetWord', { Word: 'tea' }, 'application/x-amz-json-1.0'],
    ['not_plain', 'GetWord', { Word: 7 }, AWS_JSON],
    ['not_plain', 'GetWord', 'no JSON', AWS_JSON],
    ['not_plain', 'GetWord', { Word: 'tea', Aloud: true }, AWS_JSON],
    ['too_large', 'GetWord', { Word: 'a'.repeat(65_536) }, AWS_JSON],
  ])('is forwarded and counted as %s', async (reason, operation, input, contentType) => {
    const { execute, forwarder, forwards, source } = serving();
    await execute(operation, input, contentType);

    expect([forwarder.forwarded, forwards.snapshot()]).toEqual([[operation], { [reason]: 1 }]);
    expect(source.calls).toEqual([]);
  });

  it('does not include a request of 65,536 bytes', async () => {
    const { execute, source } = serving();
    await execute('GetWord', { Word: 'a'.repeat(65_536 - '{"Word":""}'.length) });

    expect(source.calls).toHaveLength(1);
  });

  it.each([
    ['a read, which may be repeated', 'GetUnknown', true],
    ['a write, which may not be repeated', 'PutWord', false],
  ])("is forwarded with the client's signal: %s", async (_, operation, isRepeatable) => {
    const { operations, forwarder } = serving();
    const { signal } = new AbortController();
    let forwarded: ForwardedOperation | undefined;
    forwarder.answer = async (each) => {
      forwarded = each;
      return {};
    };
    const headers = new Headers({ 'content-type': AWS_JSON });
    await operations.execute({ operation, headers, signal, read: async () => encode('{}') });

    expect(forwarded?.signal).toBe(signal);
    expect(forwarded?.isRepeatable).toBe(isRepeatable);
  });

  it('is every read before the first invocation under SnapStart', async () => {
    const { getWord, source, forwards } = serving({ awaitsInvocation: true });
    await getWord();

    expect([source.calls, forwards.snapshot()]).toEqual([[], { before_first_invocation: 1 }]);
  });
});

describe('a read of several values', () => {
  const both = { Words: ['tea', 'pot'] };

  it('is forwarded once, and stores what AWS answers', async () => {
    const { execute, getWord, forwarder, source } = serving();
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}') });
    const texts = [await execute('GetWords', both), await execute('GetWords', both), await getWord()];

    expect(texts.map(({ text }) => text)).toEqual([
      '{"Words":["tea","pot"]}',
      '{"Words":["tea","pot"]}',
      '"tea"',
    ]);
    expect([forwarder.forwarded, source.calls]).toEqual([['GetWords'], []]);
  });

  it.each([
    ['has another content type', { headers: { 'content-type': 'text/html' } }],
    ['has another status', { status: 400 }],
    ['cannot be read', { body: encode('<html>') }],
  ])('passes on and does not store an answer that %s', async (_, answer) => {
    const { execute, forwarder } = serving();
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}'), ...answer });
    await execute('GetWords', both);
    await execute('GetWords', both);

    expect(forwarder.forwarded).toHaveLength(2);
  });

  it('keeps the values of each group that it reads, and counts each as a miss', async () => {
    const { execute, forwarder, status } = serving();
    const input = { Words: ['tea', 'lent-milk'] };
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","lent-milk"]}') });
    for (let count = 0; count < 2; count += 1) await execute('GetWords', input);

    expect(forwarder.forwarded).toHaveLength(1);
    expect(status.status().counts).toMatchObject({ misses: 2 });
  });

  it('is forwarded if the cache has all of them, but one as absent', async () => {
    const { put, execute, forwarder } = serving();
    put('tea');
    for (const word of both.Words) await execute('GetWord', { Word: word });
    forwarder.forwarded.length = 0;
    await execute('GetWords', both);

    expect(forwarder.forwarded).toEqual(['GetWords']);
  });

  it.each([
    ['lacks one of them', async () => undefined],
    ['has one of them as absent', ({ execute }: Served) => execute('GetWord', { Word: 'pot' })],
  ])('counts no hit if the cache %s, because all are read', async (_, prepare) => {
    const app = serving();
    app.put('tea');
    await app.getWord();
    await prepare(app);
    const { hits, misses } = app.status.status().counts;
    await app.execute('GetWords', both);

    expect(app.status.status().counts).toMatchObject({ hits, misses: misses + 2 });
  });

  it('counts no stale hit if the cache has stale values of some of them only', async () => {
    const app = serving();
    app.put('tea');
    await app.getWord();
    await app.clock.advance(600_000);
    app.forwarder.answer = () => Promise.reject(unavailable());
    await app.execute('GetWords', both).catch(() => undefined);

    expect(app.status.status().counts).toMatchObject({ staleHits: 0 });
  });

  it('counts each stale value that it gets', async () => {
    const { execute, forwarder, clock, status } = serving();
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}') });
    await execute('GetWords', both);
    await clock.advance(600_000);
    forwarder.answer = () => Promise.reject(unavailable());
    await execute('GetWords', both);

    expect(status.status().counts).toMatchObject({ hits: 0, staleHits: 2 });
  });

  it('discards the connection of an answer that cannot be read, because it may belong to another request', async () => {
    const { execute, forwarder } = serving();
    let discarded = 0;
    const discard = () => {
      discarded += 1;
    };
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}'), discard });
    await execute('GetWords', both);
    expect(discarded).toBe(0);
    forwarder.answer = async () => ({ body: encode('<html>'), discard });
    await execute('GetWords', { Words: ['milk'] });

    expect(discarded).toBe(1);
  });

  it('fails if AWS does not answer and there are no stale values', async () => {
    const { execute, forwarder } = serving();
    const failure = unavailable();
    forwarder.answer = () => Promise.reject(failure);

    await expect(execute('GetWords', both)).rejects.toBe(failure);
  });

  it('fails if the answer is longer than 8 MiB', async () => {
    const { execute, forwarder } = serving();
    forwarder.answer = async () => ({
      body: (async function* () {
        for (let count = 0; count < 9; count += 1) yield new Uint8Array(1_048_576);
      })(),
    });

    await expect(execute('GetWords', both)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: 'the answer is longer than the limit of 8388608 bytes',
    });
  });

  it.each([
    ['is answered', async () => ({})],
    ['fails', () => Promise.reject(unavailable())],
  ])('ends what the cache keeps for it while it runs when it %s', async (_, answer) => {
    const { execute, forwarder, sideLoad } = serving();
    let running = 0;
    const begin = sideLoad.begin.bind(sideLoad);
    Object.assign(sideLoad, {
      begin: (...args: Parameters<typeof begin>): ExternalRead => {
        running += 1;
        const read = begin(...args);
        const end = () => {
          running -= 1;
          read.end();
        };
        return { ...read, end };
      },
    });
    const runningThen: number[] = [];
    forwarder.answer = () => {
      runningThen.push(running);
      return answer();
    };
    await execute('GetWords', both).catch(() => undefined);

    expect([runningThen, running]).toEqual([[1], 0]);
  });

  it('reads an answer that arrives in pieces', async () => {
    const { execute, forwarder } = serving();
    forwarder.answer = async () => ({
      body: (async function* () {
        for (const piece of ['{"Words":["tea",', '"pot"]}']) yield encode(piece);
      })(),
    });

    expect((await execute('GetWords', both)).text).toBe('{"Words":["tea","pot"]}');
  });

  it.each([
    ['does not answer', () => Promise.reject(unavailable())],
    ['answers 500', () => Promise.resolve({ status: 500 })],
    ['answers 503', () => Promise.resolve({ status: 503 })],
    [
      'throttles',
      () => Promise.resolve({ status: 400, body: encode('{"__type":"a.b#ThrottlingException"}') }),
    ],
    [
      'reports an internal error with status 400',
      () => Promise.resolve({ status: 400, body: encode('{"__type":"InternalServiceError"}') }),
    ],
    ['answers 400 without an error', () => Promise.resolve({ status: 400, body: encode('<html>') })],
  ])('gets stale values while AWS %s', async (_, failing) => {
    const { execute, forwarder, clock } = serving();
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}') });
    await execute('GetWords', both);
    await clock.advance(600_000);
    forwarder.answer = failing;

    expect(await execute('GetWords', both)).toEqual({ status: 200, text: '{"Words":["tea","pot"]}' });
  });

  it('gets stale values after the time-out if AWS does not respond, and at once after three of them', async () => {
    const { execute, forwarder, clock } = serving();
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}') });
    await execute('GetWords', both);
    await clock.advance(600_000);
    forwarder.answer = () => new Promise(() => undefined);
    for (let count = 0; count < 3; count += 1) {
      const asked = execute('GetWords', both);
      await clock.advance(2_000);
      expect(await asked).toEqual({ status: 200, text: '{"Words":["tea","pot"]}' });
    }

    expect(await execute('GetWords', both)).toEqual({ status: 200, text: '{"Words":["tea","pot"]}' });
    expect(forwarder.forwarded).toHaveLength(4);
  });

  it('gets stale values after an answer that is not of AWS', async () => {
    const { execute, forwarder, clock } = serving();
    forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}') });
    await execute('GetWords', both);
    await clock.advance(600_000);
    forwarder.answer = async () => ({ headers: { 'content-type': 'text/html' } });
    await execute('GetWords', both);
    forwarder.answer = async () => ({ status: 503 });

    expect((await execute('GetWords', both)).status).toBe(200);
  });

  it.each(['{"__type":"AccessDeniedException"}', '{"__type":"a#UnknownName"}'])(
    'gets no stale values after AWS has refused them: %s',
    async (refusal) => {
      const { execute, forwarder, clock } = serving();
      forwarder.answer = async () => ({ body: encode('{"Words":["tea","pot"]}') });
      await execute('GetWords', both);
      await clock.advance(600_000);
      forwarder.answer = async () => ({ status: 400, body: encode(refusal) });
      await execute('GetWords', both);
      forwarder.answer = async () => ({ status: 503 });

      expect((await execute('GetWords', both)).status).toBe(503);
    },
  );
});

describe('a read of one value that is not cached', () => {
  it('fails at once while the circuit is open', async () => {
    const { getWord, source, forwarder, clock } = serving();
    source.hold();
    forwarder.answer = async () => ({ body: encode('"tea"') });
    for (let count = 0; count < 3; count += 1) {
      const asked = getWord();
      await clock.advance(2_000);
      await asked;
    }

    await expect(getWord()).rejects.toMatchObject({ name: 'NotForwardedError' });
    expect(forwarder.forwarded).toHaveLength(3);
  });
});

describe('a write', () => {
  it('is forwarded and counted', async () => {
    const { execute, forwarder, forwards } = serving();
    await execute('PutWord', {});

    expect([forwarder.forwarded, forwards.snapshot()]).toEqual([['PutWord'], { write: 1 }]);
  });

  it('invalidates when it begins and when it has ended', async () => {
    const { put, getWord, execute, forwarder, source, store } = serving();
    put('tea');
    await getWord();
    let cachedDuringWrite: unknown;
    forwarder.answer = async () => {
      cachedDuringWrite = store.get(wordKey('tea'));
      await getWord();
      return {};
    };
    await execute('PutWord', {});
    await getWord();

    expect(cachedDuringWrite).toBeUndefined();
    expect(source.calls).toHaveLength(3);
  });

  it('keeps what is read in the write window from being stored, because such a read may miss the write', async () => {
    const { put, getWord, execute, source, clock } = serving();
    put('tea');
    await execute('PutWord', {});
    for (const waitMs of [0, 9_999, 1, 0]) {
      await clock.advance(waitMs);
      expect((await getWord()).text).toBe('"tea"');
    }

    expect(source.calls).toHaveLength(3);
  });

  it.each([
    ['a time-out', () => Promise.reject(unavailable()), 2],
    ['an answer of status 500', async () => ({ status: 500 }), 2],
    ['an answer of status 200', async () => ({}), 1],
    ['a refusal', async () => ({ status: 400, body: encode('{"__type":"AccessDeniedException"}') }), 1],
    ['throttling', async () => ({ status: 400, body: encode('{"__type":"ThrottlingException"}') }), 1],
    [
      'an internal error with status 400',
      async () => ({ status: 400, body: encode('{"__type":"InternalServiceError"}') }),
      2,
    ],
    ['an answer of status 400 without an error', async () => ({ status: 400, body: encode('<html>') }), 2],
    [
      'an error that arrives in pieces',
      async () => ({
        status: 400,
        body: (async function* () {
          yield encode('{"__type":"AccessDeniedException"}');
        })(),
      }),
      2,
    ],
    ['a write that was not sent', () => Promise.reject(new NotForwardedError('no credentials')), 1],
  ])(
    'stores nothing in the write window only if it may still be applied, where reads are consistent: %s',
    async (_, answer, calls) => {
      const { put, getWord, execute, forwarder, source } = serving({ throughSource: (each) => each });
      put('tea');
      forwarder.answer = answer;
      await execute('PutWord', {}).catch(() => undefined);
      await getWord();
      await getWord();

      expect(source.calls).toHaveLength(calls);
    },
  );

  it.each([
    ['was not sent', new NotForwardedError('no credentials')],
    ['has an unknown outcome', unavailable()],
  ])('passes on the failure of a write that %s', async (_, failure) => {
    const { execute, forwarder } = serving();
    forwarder.answer = () => Promise.reject(failure);

    await expect(execute('PutWord', {})).rejects.toBe(failure);
  });
});

it('forwards nothing for a caller of another identity', async () => {
  const rejection = new OperationRefusedError('UnrecognizedClientException', 'not ours');
  const recogniser = { ...RECOGNISES_ALL, recognise: () => Promise.reject(rejection) };
  const { getWord, forwarder } = serving({ recogniser });

  await expect(getWord()).rejects.toBe(rejection);
  expect(forwarder.forwarded).toEqual([]);
});

describe('a read of values that are read with a role', () => {
  it.each([
    ['one', 'GetWord', { Word: 'tea' }, '"tea"'],
    ['several', 'GetWords', { Words: ['tea', 'milk'] }, '{"Words":["tea","milk"]}'],
  ])('reads %s through the cache, and stores what the role reads', async (_, operation, input, text) => {
    const { put, execute, forwarder, source } = serving({ hasRole: true });
    put('tea', 'milk');

    expect(await execute(operation, input)).toEqual({ status: 200, text });
    const calls = source.calls.length;
    expect(await execute(operation, input)).toEqual({ status: 200, text });
    expect([source.calls.length, forwarder.forwarded]).toEqual([calls, []]);
  });

  it('is not forwarded if only one of the values is read with a role', async () => {
    const { put, execute, forwarder } = serving({ hasRole: 'LentWords' });
    put('tea', 'lent-milk');

    expect((await execute('GetWords', { Words: ['tea', 'lent-milk'] })).text).toBe(
      '{"Words":["tea","lent-milk"]}',
    );
    expect(forwarder.forwarded).toEqual([]);
  });

  it('fails with the reason if a value does not exist', async () => {
    await expect(serving({ hasRole: true }).getWord()).rejects.toMatchObject({
      code: 'upstream_refused',
      message: expect.stringContaining('a value does not exist, and it is read with a role'),
    });
  });

  it.each([
    ['invalidates the pages before it if AWS refuses to continue', 'NextWord', refused(), 3],
    ['invalidates nothing if AWS does not continue', 'NextWord', unreachable(), 2],
    ['invalidates nothing if AWS refuses another read', 'GetWord', refused(), 2],
  ])('%s', async (_, operation, failure, calls) => {
    const { put, getWord, execute, source } = serving({ hasRole: true });
    put('tea');
    await getWord();
    source.failFor(wordKey('page-2'), failure);
    await expect(execute(operation, { Word: 'page-2' })).rejects.toBe(failure);
    await getWord();

    expect(source.calls).toHaveLength(calls);
  });

  it.each([
    ['is refused', refused()],
    ['is not answered', unreachable()],
    ['finds nothing', undefined],
  ])('is never forwarded, which would read as the function, if the role %s', async (_, failure) => {
    for (const [operation, input] of [
      ['GetWord', { Word: 'tea' }],
      ['GetWords', { Words: ['tea', 'milk'] }],
      ['NextWord', { Word: 'tea' }],
    ] as const) {
      const { execute, source, forwarder } = serving({ hasRole: true });
      if (failure !== undefined) source.failWith(failure);

      await expect(execute(operation, input)).rejects.toThrow();
      expect(forwarder.forwarded).toEqual([]);
    }
  });
});
