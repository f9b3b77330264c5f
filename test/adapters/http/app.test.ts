import { describe, expect, it } from '@jest/globals';
import { SourceUnavailableError } from '../../../src/domain/cache/errors.ts';
import { readDocument } from '../../support/docs/markdown.ts';
import { AppUnderTest, codeOf, ITEM } from '../../support/http/app-under-test.ts';

describe('an unexpected error in a request', () => {
  const secret = 'Unexpected token in {"card":"4111"}';

  it.each([
    [
      'thrown',
      () => {
        throw new TypeError(secret);
      },
    ],
    ['a rejection', () => Promise.reject(new TypeError(secret))],
  ])('is answered with 500 without details, and logged once with its stack frames: %s', async (_, answer) => {
    const app = new AppUnderTest();
    app.reader.answer = answer;

    const response = await app.request(ITEM);

    expect(await response.clone().text()).not.toContain('4111');
    expect(await codeOf(response)).toBe('500 internal');
    const errors = app.logger.at('error');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.fields.error).toBe('TypeError');
    expect(JSON.stringify(errors[0]?.fields.stack)).toContain('app.test');
    expect(JSON.stringify(errors)).not.toContain('4111');
  });

  it('logs its message at no level, because it may quote a secret', async () => {
    const app = new AppUnderTest();
    app.reader.answer = () => Promise.reject(new TypeError(secret));
    await app.request(ITEM);
    expect(app.logger.at('error')).toHaveLength(1);
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      expect(JSON.stringify(app.logger.at(level))).not.toContain('4111');
  });
});

describe('a request that is rejected', () => {
  it('is logged once for each code, without what it contains', async () => {
    const app = new AppUnderTest();
    for (let count = 0; count < 3; count += 1) {
      await app.request('/words?wrong=a-secret');
      await app.request('/nowhere/a-secret');
    }

    expect(app.logger.at('warn').map(({ fields }) => fields)).toEqual([
      { status: 400, code: 'unknown_parameter' },
      { status: 404, code: 'no_such_route' },
    ]);
    expect(JSON.stringify(app.logger.at('warn'))).not.toContain('a-secret');
  });

  it('is not logged if the item is absent or the source fails', async () => {
    const app = new AppUnderTest();
    app.reader.answer = () => Promise.reject(new SourceUnavailableError('down'));
    await app.request(ITEM);

    expect(app.logger.at('warn')).toEqual([]);
  });
});

describe('a path without a route', () => {
  it.each(['/', '/words/', '/word', '/Words', '/words/x', '/dynamodb'])(
    'is answered with 404: %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect(await codeOf(await new AppUnderTest().request(path, { method }))).toBe('404 no_such_route');
      }
    },
  );
});

describe('GET /health', () => {
  it('answers the status as JSON with no-store', async () => {
    const response = await new AppUnderTest().request('/health');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      status: 'ok',
      version: JSON.parse(readDocument('package.json')).version,
      store: { entries: 2, bytes: 345 },
      counts: { hits: 40, misses: 6 },
      preload: [
        { group: 'Products', state: 'complete' },
        { group: 'Prices', reason: 'out of room' },
      ],
    });
  });

  it('accepts unknown query parameters', async () => {
    expect((await new AppUnderTest().request('/health?t=1')).status).toBe(200);
  });
});

describe('GET /metrics', () => {
  it('answers in the Prometheus text format', async () => {
    const response = await new AppUnderTest().request('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('\nword_cache_hits_total 40\n');
  });
});

describe('the status paths', () => {
  it.each(['/health', '/metrics'])('accept HEAD: %s', async (path) => {
    const response = await new AppUnderTest().request(path, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await response.text()).toBe('');
  });

  it.each(['/health', '/metrics'])('reject other methods: %s', async (path) => {
    const response = await new AppUnderTest().request(path, { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await codeOf(response)).toBe('405 method_not_allowed');
  });
});
