import { describe, expect, it } from '@jest/globals';
import {
  NotInCacheError,
  OverloadedError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../../../src/domain/cache/errors.ts';
import {
  AppUnderTest,
  absent,
  codeOf,
  found,
  ITEM,
  SAMPLE_DIGEST,
  WordAddressParser,
} from '../../../support/http/app-under-test.ts';

describe('GET of an item', () => {
  it('answers with the stored bytes and their cache status', async () => {
    const app = new AppUnderTest();
    app.reader.answer = () => found('{"café":1}');

    const response = await app.request(ITEM);

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"café":1}');
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json',
      'content-length': '11',
      etag: `"${SAMPLE_DIGEST}"`,
      age: '17',
      'cache-status': 'word-cache; hit; ttl=42',
    });
  });

  it('reads the item that the query names, in the default form and of any age', async () => {
    const app = new AppUnderTest();

    await app.request('/words?word=green+tea&shelf=Drinks');

    expect(app.reader.reads).toHaveLength(1);
    expect(app.reader.reads[0]?.key.text).toBe('Drinks\0green tea');
    expect(app.reader.reads[0]?.request).toEqual({
      contentType: 'application/json',
      freshness: { kind: 'any' },
    });
  });

  it('answers a hit synchronously', () => {
    expect(new AppUnderTest().answer(ITEM)).toBeInstanceOf(Response);
  });

  it('answers with the result of an asynchronous read', async () => {
    const app = new AppUnderTest();
    app.reader.answer = async () =>
      found('[]', { source: 'origin', reason: 'uri-miss', stored: true, collapsed: true }, 0);

    const response = await app.request(ITEM);

    expect(await response.text()).toBe('[]');
    expect(response.headers.get('age')).toBe('0');
    expect(response.headers.get('cache-status')).toBe(
      'word-cache; fwd=uri-miss; fwd-status=200; stored; collapsed',
    );
  });

  it('reads the form that the format parameter names', async () => {
    const app = new AppUnderTest();

    await app.request(`${ITEM}&format=upper`);

    expect(app.reader.reads[0]?.request.contentType).toBe('text/x-upper');
  });

  it.each([
    ['no-cache', { kind: 'no-cache' }],
    ['only-if-cached', { kind: 'only-if-cached' }],
    ['max-age=30', { kind: 'max-age', seconds: 30 }],
    ['no-transform', { kind: 'any' }],
  ])('passes the freshness of %s to the reader', async (directive, freshness) => {
    const app = new AppUnderTest();

    await app.request(ITEM, { headers: { 'cache-control': directive } });

    expect(app.reader.reads[0]?.request.freshness).toEqual(freshness);
  });

  it('answers 404 with the cache status if the item does not exist', async () => {
    const app = new AppUnderTest();
    app.reader.answer = () => absent();

    const response = await app.request(ITEM);

    expect(response.headers.get('cache-status')).toBe('word-cache; hit; ttl=42');
    expect(response.headers.get('age')).toBe('3');
    expect(await codeOf(response)).toBe('404 item_not_found');
  });

  it('reports a 404 that was read from the source', async () => {
    const app = new AppUnderTest();
    app.reader.answer = async () =>
      absent({ source: 'origin', reason: 'request', stored: false, collapsed: false });

    const response = await app.request(ITEM);

    expect(response.headers.get('cache-status')).toBe('word-cache; fwd=request; fwd-status=404');
  });

  it.each([
    ['an unknown parameter', `${ITEM}&colour=red`, '400 unknown_parameter'],
    ['an unknown format', `${ITEM}&format=lower`, '400 unknown_parameter'],
    ['a format that every object has', `${ITEM}&format=constructor`, '400 unknown_parameter'],
    ['a parameter given twice', `${ITEM}&word=x`, '400 malformed_name'],
    ['a bad percent sign', '/words?shelf=%', '400 malformed_name'],
    ['a whole group', '/words?shelf=Products', '400 malformed_name'],
    ['a name that its parser refuses', '/words?shelf=locked&word=x', '403 shelf_locked'],
  ])('rejects %s', async (_, target, refusal) => {
    const app = new AppUnderTest();
    expect(await codeOf(await app.request(target))).toBe(refusal);
    expect(app.reader.reads).toHaveLength(0);
  });

  it('rejects a format parameter if the path has one form only', async () => {
    const { reader, invalidator } = new AppUnderTest();
    const only = {
      path: '/words',
      addresses: new WordAddressParser(),
      defaultContentType: 'a/b',
      reader,
      invalidator,
    };
    const app = new AppUnderTest({ items: [only] });
    expect((await app.request(ITEM)).status).toBe(200);
    expect(await codeOf(await app.request(`${ITEM}&format=upper`))).toBe('400 unknown_parameter');
  });

  it('rejects a malformed Cache-Control', async () => {
    const response = await new AppUnderTest().request(ITEM, { headers: { 'cache-control': 'max-age=x' } });
    expect(await codeOf(response)).toBe('400 malformed_request');
  });

  it.each([{ 'content-length': '3' }, { 'transfer-encoding': 'chunked' }])(
    'rejects a request that announces a body with %j',
    async (headers) => {
      for (const method of ['GET', 'HEAD', 'DELETE']) {
        const app = new AppUnderTest();
        expect((await app.request(ITEM, { method, headers })).status).toBe(400);
        expect([...app.reader.reads, ...app.invalidator.keys]).toEqual([]);
      }
      expect(await codeOf(await new AppUnderTest().request(ITEM, { headers }))).toBe('400 malformed_request');
    },
  );

  it('accepts a Content-Length of 0', async () => {
    const response = await new AppUnderTest().request(ITEM, { headers: { 'content-length': '0' } });
    expect(response.status).toBe(200);
  });

  it('does not quote the query in its errors', async () => {
    for (const target of [
      '/words?shelf=S&word=secret&format=secret',
      '/words?shelf=S&word=a&secret=b',
      '/words?shelf=S&word=secret%',
      '/words?shelf=secret',
    ]) {
      expect(await (await new AppUnderTest().request(target)).text()).not.toContain('secret');
    }
  });
});

describe('GET of an item with If-None-Match', () => {
  it.each([`"${SAMPLE_DIGEST}"`, `W/"${SAMPLE_DIGEST}"`, `"x", "${SAMPLE_DIGEST}"`, '*'])(
    'answers 304 to %s',
    async (tag) => {
      for (const method of ['GET', 'HEAD']) {
        const response = await new AppUnderTest().request(ITEM, {
          method,
          headers: { 'if-none-match': tag },
        });
        expect(response.status).toBe(304);
        expect(await response.text()).toBe('');
        expect(Object.fromEntries(response.headers)).toEqual({
          etag: `"${SAMPLE_DIGEST}"`,
          age: '17',
          'cache-status': 'word-cache; hit; ttl=42',
        });
      }
    },
  );

  it('answers 200 with the item if the tag does not match', async () => {
    const response = await new AppUnderTest().request(ITEM, { headers: { 'if-none-match': '"other"' } });
    expect(response.status).toBe(200);
  });

  it('answers 404 if the item does not exist', async () => {
    const app = new AppUnderTest();
    app.reader.answer = () => absent();
    expect((await app.request(ITEM, { headers: { 'if-none-match': '*' } })).status).toBe(404);
  });
});

describe('GET of an item with only-if-cached and max-age', () => {
  it('passes both to the reader', async () => {
    const app = new AppUnderTest();
    await app.request(ITEM, { headers: { 'cache-control': 'only-if-cached, max-age=10' } });

    expect(app.reader.reads[0]?.request.freshness).toEqual({ kind: 'only-if-cached', seconds: 10 });
  });
});

describe('HEAD of an item', () => {
  it('answers like GET without the body, and reads the item', async () => {
    const app = new AppUnderTest();

    const head = await app.request(ITEM, { method: 'HEAD' });

    expect(await head.text()).toBe('');
    expect(head.status).toBe(200);
    expect(app.reader.reads).toHaveLength(1);
    expect([...head.headers]).toEqual([...(await app.request(ITEM)).headers]);
  });
});

describe('DELETE of an item', () => {
  it('invalidates one entry', async () => {
    const app = new AppUnderTest();

    const response = await app.request(ITEM, { method: 'DELETE' });

    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(app.invalidator.keys.map((key) => key.text)).toEqual(['Products\0tea']);
    expect(app.invalidator.groups).toEqual([]);
  });

  it('invalidates a whole group', async () => {
    const app = new AppUnderTest();

    const response = await app.request('/words?shelf=Products', { method: 'DELETE' });

    expect(response.status).toBe(204);
    expect(app.invalidator.groups).toEqual(['Products']);
    expect(app.invalidator.keys).toEqual([]);
  });

  it('rejects a format, because it invalidates all forms of an entry', async () => {
    const app = new AppUnderTest();
    const response = await app.request(`${ITEM}&format=upper`, { method: 'DELETE' });
    expect(await codeOf(response)).toBe('400 unknown_parameter');
    expect(app.invalidator.keys).toEqual([]);
  });

  it('invalidates in all environments on request, and answers when the journal knows', async () => {
    const app = new AppUnderTest();
    app.invalidator.announcement = Promise.resolve();

    const response = await app.request(`${ITEM}&everywhere=true`, { method: 'DELETE' });

    expect(response.status).toBe(204);
    expect(app.invalidator.announced.map(({ key }) => key?.text)).toEqual(['Products\0tea']);
  });

  it('says that the journal could not be written', async () => {
    const app = new AppUnderTest();
    app.invalidator.announcement = Promise.reject(new SourceUnavailableError('the journal is away'));

    const response = await app.request(`${ITEM}&everywhere=true`, { method: 'DELETE' });

    expect(await codeOf(response)).toBe('503 upstream_unavailable');
  });

  it.each([
    ['everywhere without a journal', 'everywhere=true'],
    ['a value of everywhere that is no boolean', 'everywhere=1'],
  ])('rejects %s', async (_, parameter) => {
    const response = await new AppUnderTest().request(`${ITEM}&${parameter}`, { method: 'DELETE' });
    expect(await codeOf(response)).toBe('400 unknown_parameter');
  });

  it('invalidates only here with everywhere=false', async () => {
    const app = new AppUnderTest();
    await app.request(`${ITEM}&everywhere=false`, { method: 'DELETE' });
    expect(app.invalidator.announced).toEqual([]);
    expect(app.invalidator.keys).toHaveLength(1);
  });

  it('does not read the source', async () => {
    const app = new AppUnderTest();
    await app.request(ITEM, { method: 'DELETE' });
    expect(app.reader.reads).toHaveLength(0);
  });
});

describe('any other method on an item path', () => {
  it.each(['POST', 'PUT', 'PATCH', 'OPTIONS', 'QUERY', 'PROPFIND'])(
    'is rejected with 405: %s',
    async (method) => {
      const response = await new AppUnderTest().request(ITEM, { method });
      expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE');
      expect(await codeOf(response)).toBe('405 method_not_allowed');
    },
  );
});

describe('an error of the cache', () => {
  it.each([
    [new NotInCacheError('x'), '504 not_in_cache'],
    [new SourceTimeoutError('x'), '504 upstream_timeout'],
    [new SourceConnectionError('x'), '503 upstream_unavailable'],
    [new OverloadedError('x'), '503 overloaded'],
    [new SourceRefusedError('x'), '502 upstream_refused'],
  ])('is answered with the status of its category: %s', async (error, code) => {
    const app = new AppUnderTest();
    app.reader.answer = () => Promise.reject(error);
    const rejected = await app.request(ITEM);
    expect(rejected.headers.has('cache-status')).toBe(false);
    expect(await codeOf(rejected)).toBe(code);
    app.reader.answer = () => {
      throw error;
    };
    expect(await codeOf(await app.request(ITEM))).toBe(code);
    expect(app.logger.lines).toEqual([]);
  });

  it('sets Retry-After in whole seconds, rounded up', async () => {
    const app = new AppUnderTest();
    app.reader.answer = () => Promise.reject(new SourceThrottledError('slow down', { retryAfterMs: 1_200 }));
    const response = await app.request(ITEM);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await codeOf(response)).toBe('503 throttled');
  });

  it('is described by the members of a problem document', async () => {
    const app = new AppUnderTest();
    app.reader.answer = () => Promise.reject(new SourceRefusedError('the table does not exist'));
    const response = await app.request(ITEM);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Gateway',
      status: 502,
      detail: 'the table does not exist',
      code: 'upstream_refused',
    });
  });
});
