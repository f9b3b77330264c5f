import { describe, expect, it } from '@jest/globals';
import { createHandler } from '../../../../src/adapters/http/app.ts';
import { JSON_KEY } from '../../../../src/adapters/http/items/json-key.ts';
import type { ReadResult } from '../../../../src/ports/inbound/item-reader.ts';
import {
  AppUnderTest,
  absent,
  codeOf,
  found,
  optionsOf,
  SAMPLE_DIGEST,
} from '../../../support/http/app-under-test.ts';

const VALUE =
  '{"user":"ad\\u006din","n":7,"list":[1,2],"none":null,"deep":{"a":"b"},"a.b":"dotted","":"empty","long":123456789012345678,"half":1.0}';

const TEXT = 'text/plain; charset=utf-8';

/** The text as the value of a parameter or secret. */
const value = (text: string): ReadResult => {
  const result = found(text);
  return result.outcome === 'found' ? { ...result, body: { ...result.body, contentType: TEXT } } : result;
};

const appWith = (text: string) => {
  const fakes = new AppUnderTest();
  fakes.reader.answer = () => value(text);
  const items = optionsOf(fakes).items.map((item) => ({ ...item, part: JSON_KEY }));
  const app = new AppUnderTest({ items });
  const handler = createHandler({ ...optionsOf(fakes), items });
  const fast = async (target: string) => {
    const headers = ['Host', 'localhost:4000'];
    const answer = await handler.fastPath?.({ method: 'GET', target, headers }, { overLimit: false });
    return answer && { ...answer, body: new TextDecoder().decode(answer.body) };
  };
  return { app, fakes, fast };
};

const target = (key: string, rest = '') =>
  `/words?shelf=Products&word=tea&jsonKey=${encodeURIComponent(key)}${rest}`;

describe('jsonKey', () => {
  it.each([
    ['user', 'admin', TEXT],
    ['n', '7', 'application/json'],
    ['list', '[1,2]', 'application/json'],
    ['none', 'null', 'application/json'],
    ['deep', '{"a":"b"}', 'application/json'],
    ['a.b', 'dotted', TEXT],
    ['', 'empty', TEXT],
    ['long', '123456789012345678', 'application/json'],
    ['half', '1.0', 'application/json'],
  ])('answers the member "%s"', async (key, body, type) => {
    const { app, fast } = appWith(VALUE);

    const answer = await app.request(target(key));

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('cache-status')).toBe('word-cache; hit; ttl=42');
    expect(await answer.text()).toBe(body);
    expect(await fast(target(key))).toEqual({
      status: 200,
      headers: Object.fromEntries(answer.headers),
      body,
    });
  });

  it('gives each member and the whole value tags of their own, which validate', async () => {
    const { app } = appWith(VALUE);
    const tags = await Promise.all(
      [target('user'), target('n'), '/words?shelf=Products&word=tea'].map(
        async (each) => (await app.request(each)).headers.get('etag') ?? '',
      ),
    );

    expect(tags[2]).toBe(`"${SAMPLE_DIGEST}"`);
    expect(new Set(tags).size).toBe(3);
    const headers = { 'If-None-Match': tags[0] ?? '' };
    expect((await app.request(target('user'), { headers })).status).toBe(304);
    expect((await app.request(target('n'), { headers })).status).toBe(200);
  });

  it('keeps a tag valid for any key', async () => {
    const { app } = appWith(JSON.stringify({ 'a"\r\né\u{1f375}': 'odd' }));

    const { status, headers } = await app.request(target('a"\r\né\u{1f375}'));

    expect(status).toBe(200);
    expect(headers.get('etag')).toMatch(/^"[!#-~]+"$/);
  });

  it.each(['User', 'toString', '__proto__', 'deep.a', 'constructor'])('has no member "%s"', async (key) => {
    const { app, fast } = appWith(VALUE);

    expect(await codeOf(await app.request(target(key)))).toBe('404 json_key_not_found');
    expect(await fast(target(key))).toMatchObject({ status: 404 });
  });

  it.each(['marker', '"marker"', '["marker"]', 'null', '7', '', '{"marker":'])(
    'selects nothing in %s, which the answer does not quote',
    async (text) => {
      const { app, fast } = appWith(text);

      const answer = await app.request(target('marker'));

      expect(await answer.clone().text()).not.toContain('marker');
      expect(await codeOf(answer)).toBe('422 not_json');
      expect(await fast(target('marker'))).toMatchObject({ status: 422 });
    },
  );

  it('is applied to a value that is read from the source', async () => {
    const { app, fakes, fast } = appWith(VALUE);
    fakes.reader.answer = () => Promise.resolve(value(VALUE));

    expect(await (await app.request(target('user'))).text()).toBe('admin');
    expect(await fast(target('user'))).toMatchObject({ body: 'admin' });
    fakes.reader.answer = () => Promise.resolve(value('no JSON'));
    expect(await fast(target('user'))).toMatchObject({ status: 422 });
  });

  it('leaves an absence an absence', async () => {
    const { app, fakes } = appWith(VALUE);
    fakes.reader.answer = () => absent();

    expect(await codeOf(await app.request(target('user')))).toBe('404 item_not_found');
  });

  it.each([target('user', '&format=upper'), target('user', '&jsonKey=n')])(
    'is rejected in %s',
    async (each) => {
      const { app } = appWith(VALUE);

      expect((await app.request(each)).status).toBe(400);
    },
  );

  it('does not belong to a request that invalidates', async () => {
    const { app } = appWith(VALUE);

    expect(await codeOf(await app.request(target('user'), { method: 'DELETE' }))).toBe(
      '400 unknown_parameter',
    );
  });

  it('is unknown to a path without parts', async () => {
    expect(await codeOf(await new AppUnderTest().request(target('user')))).toBe('400 unknown_parameter');
  });
});
