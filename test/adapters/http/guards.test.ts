import { describe, expect, it } from '@jest/globals';
import { plainHeadersCheck } from '../../../src/adapters/http/guards.ts';
import { AppUnderTest, codeOf, ITEM } from '../../support/http/app-under-test.ts';
import { TOKEN_HEADER } from '../../support/http/extension-handler-under-test.ts';

const refusalOf = async (headers: Record<string, string>, target = ITEM) => {
  const app = new AppUnderTest();
  const response = await app.request(target, { headers });
  expect(app.reader.reads).toHaveLength(response.status === 200 ? 1 : 0);
  return response.status === 200 ? 'none' : codeOf(response);
};

describe('the guard against proxies', () => {
  it.each(['X-Forwarded-For', 'Forwarded', 'Via'])('rejects a request with %s', async (name) => {
    expect(await refusalOf({ [name]: '' })).toBe('400 forwarded_request');
  });
});

describe('the guard against foreign hosts', () => {
  it.each([
    'localhost',
    'localhost:4000',
    'LocalHost:1',
    '127.0.0.1',
    '127.0.0.1:65535',
    '[::1]',
    '[::1]:4000',
    'localhost:',
  ])('accepts %s', async (host) => {
    expect(await refusalOf({ host })).toBe('none');
  });

  it.each([
    'example.com',
    'localhost.example.com',
    'example.com:4000',
    '127.0.0.1.example.com',
    '127.0.0.2',
    '[::2]',
    '::1',
    '0.0.0.0',
    'localhost, example.com',
    'localhost, localhost',
    'user@localhost',
    'localhost:4000/evil',
    'localhost:x',
    'xlocalhost',
    '',
  ])('rejects %j', async (host) => {
    expect(await refusalOf({ host })).toBe('400 foreign_host');
  });

  it('rejects a request without a Host', async () => {
    const app = new AppUnderTest();
    const response = await app.handler(new Request(`http://localhost:4000${ITEM}`), { overLimit: false });
    expect(await codeOf(response)).toBe('400 foreign_host');
  });

  it.each(['http://example.com', 'http://localhost.example.com:4000', 'http://127.0.0.2'])(
    'rejects the target %s with any Host',
    async (origin) => {
      expect(await refusalOf({ host: 'localhost:4000' }, `${origin}${ITEM}`)).toBe('400 foreign_host');
    },
  );
});

describe('the guard against web pages', () => {
  it.each([
    { origin: 'http://localhost:4000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('rejects %j', async (headers) => {
    expect(await refusalOf(headers)).toBe('400 cross_site');
  });

  it.each([{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, { 'sec-fetch-mode': 'cors' }])(
    'accepts %j, as sent by fetch in Node.js or by a typed address',
    async (headers) => {
      expect(await refusalOf(headers)).toBe('none');
    },
  );
});

describe('the guard that requires a token', () => {
  const TOKEN = 'sésame';
  // What goes over the wire is the UTF-8 of the token, which reads as one character for each byte.
  const onTheWire = Buffer.from(TOKEN, 'utf8').toString('latin1');
  const NAME = 'x-aws-parameters-secrets-token';

  it('accepts a request with the token', async () => {
    const response = await new AppUnderTest({ token: TOKEN }).request(ITEM, {
      headers: { [NAME]: onTheWire },
    });
    expect(response.status).toBe(200);
  });

  it.each([
    {},
    { [NAME]: '' },
    { [NAME]: 'wrong' },
    { [NAME]: `${onTheWire}x` },
    { [NAME]: onTheWire.slice(0, -1) },
  ])('rejects %j', async (headers) => {
    const app = new AppUnderTest({ token: TOKEN });
    expect(await codeOf(await app.request(ITEM, { headers }))).toBe('403 bad_token');
    expect(app.reader.reads).toHaveLength(0);
  });

  it.each(['/metrics', '/nowhere'])('protects %s', async (path) => {
    expect(await codeOf(await new AppUnderTest({ token: TOKEN }).request(path))).toBe('403 bad_token');
  });

  it('does not protect /health', async () => {
    expect((await new AppUnderTest({ token: TOKEN }).request('/health')).status).toBe(200);
  });

  it('never shows the configured token nor the received one', async () => {
    const app = new AppUnderTest({ token: TOKEN });
    const response = await app.request(ITEM, { headers: { [NAME]: 'guess' } });
    expect(await response.text()).not.toMatch(/guess|sésame/);
    expect(JSON.stringify(app.logger.lines)).not.toMatch(/guess|sésame/);
  });
});

describe('the guard against too many connections', () => {
  it.each([ITEM, '/metrics', '/nowhere'])('rejects %s and closes the connection', async (target) => {
    const response = await new AppUnderTest().request(target, {}, true);
    expect(response.headers.get('connection')).toBe('close');
    expect(await codeOf(response)).toBe('429 too_many_connections');
  });

  it('does not protect /health', async () => {
    expect((await new AppUnderTest().request('/health', {}, true)).status).toBe(200);
  });
});

describe('the guards against proxies, foreign hosts and web pages', () => {
  it.each([
    [{ via: '1.1 x' }, '400 forwarded_request'],
    [{ host: 'example.com' }, '400 foreign_host'],
    [{ origin: 'http://example.com' }, '400 cross_site'],
  ])('protect every route: %j', async (headers, refusal) => {
    for (const target of ['/health', '/metrics', '/nowhere'])
      expect(await refusalOf(headers, target)).toBe(refusal);
  });
});

describe('the check of headers that a fast path answers', () => {
  const HOST = ['Host', 'localhost:4000'];

  it('checks a list that passed only once, and other lists with the same headers again', () => {
    const checked: string[] = [];
    const arePlain = plainHeadersCheck((token) => {
      checked.push(token);
      return token === 'right';
    });
    const right = [...HOST, TOKEN_HEADER, 'right'];

    expect([right, right, [...right]].map(arePlain)).toEqual([true, true, true]);
    expect(checked).toEqual(['right', 'right']);
  });

  it('rejects a list again that was rejected, and one of another length that begins like a known one', () => {
    const arePlain = plainHeadersCheck((token) => token === 'right');
    const wrong = [...HOST, TOKEN_HEADER, 'wrong'];
    const right = [...HOST, TOKEN_HEADER, 'right'];

    expect([wrong, wrong, right, [...right, 'Via', 'proxy'], wrong, HOST].map(arePlain)).toEqual([
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('still decides about all lists after more of them than it knows', () => {
    const arePlain = plainHeadersCheck((token) => token.startsWith('right'));
    const lists = Array.from({ length: 50 }, (_, number) => [
      ...HOST,
      TOKEN_HEADER,
      number % 3 === 0 ? `wrong ${number}` : `right ${number}`,
    ]);
    const expected = lists.map((_, number) => number % 3 !== 0);

    expect(lists.map(arePlain)).toEqual(expected);
    expect(lists.map(arePlain)).toEqual(expected);
  });
});
