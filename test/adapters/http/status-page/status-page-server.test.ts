import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { withStatusPage } from '../../../../src/adapters/http/status-page/status-page-server.ts';
import type { RequestHandler } from '../../../../src/ports/inbound/server.ts';
import { AppUnderTest, codeOf } from '../../../support/http/app-under-test.ts';

const PAGE = '<!doctype html><style>p { color: red; }</style><p>ä</p><script>let a;\nlet b;</script>';
const TOKEN = 'a-token-of-the-function';

const ask = (target: string, init: RequestInit = {}, overLimit = false) => {
  const app = new AppUnderTest({ token: TOKEN });
  const headers = new Headers(init.headers);
  if (!headers.has('host')) headers.set('host', 'localhost:4000');
  const request = new Request(new URL(target, 'http://localhost:4000'), { ...init, headers });
  return withStatusPage(app.handler, PAGE)(request, { overLimit });
};

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('GET /', () => {
  it.each(['/', '/?a=b'])('answers the page without a token: %s', async (target) => {
    const response = await ask(target);

    expect(response.status).toBe(200);
    expect(await response.text()).toBe(PAGE);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(Buffer.byteLength(PAGE)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('allows the inline script and style of the page, requests to itself, and nothing else', async () => {
    const { headers } = await ask('/');

    expect(headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashOf('let a;\nlet b;')}`,
      `style-src ${hashOf('p { color: red; }')}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it.each([
    ['another host', { host: 'example.com' }, '400 foreign_host'],
    ['a proxy', { 'x-forwarded-for': '10.0.0.1' }, '400 forwarded_request'],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }, '400 cross_site'],
  ])('is rejected for %s, as any route', async (_, headers, code) => {
    expect(await codeOf(await ask('/', { headers }))).toBe(code);
  });

  it('is rejected on a connection over the limit', async () => {
    expect(await codeOf(await ask('/', {}, true))).toBe('429 too_many_connections');
  });
});

describe('HEAD /', () => {
  it('answers the headers of GET', async () => {
    const [head, get] = [await ask('/', { method: 'HEAD' }), await ask('/')];

    expect(head.status).toBe(200);
    expect([...head.headers]).toEqual([...get.headers]);
  });
});

describe('all other requests', () => {
  it.each([
    ['POST', '/'],
    ['DELETE', '/'],
    ['GET', '/index.html'],
    ['GET', '/%2f'],
  ])('are left to the handler: %s %s', async (method, target) => {
    const headers = { 'x-aws-parameters-secrets-token': TOKEN };

    expect(await codeOf(await ask(target, { method, headers }))).toBe('404 no_such_route');
  });

  it('still have the fast paths of the handler', () => {
    const fastPath = () => undefined;
    const rawHandler = () => undefined;
    const handler: RequestHandler = Object.assign(() => new Response(), { fastPath, rawHandler });

    expect({ ...withStatusPage(handler, PAGE) }).toEqual({ fastPath, rawHandler });
  });
});
