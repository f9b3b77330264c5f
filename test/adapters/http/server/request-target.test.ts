import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFormQuery, queryOf } from '../../../../src/adapters/http/items/item-query.ts';
import { safeTarget } from '../../../../src/adapters/http/server/request-target.ts';
import { anyText } from '../../../support/any-text.ts';

/** The URL that is made of the target, behind the authority if it has none of its own. */
const urlOf = (target: string, host?: string) => {
  const safe = safeTarget(target, host);
  return new URL(safe.startsWith('/') ? `http://localhost${safe}` : safe).href;
};

describe('safeTarget', () => {
  it.each(['localhost', 'localhost:4000', '127.0.0.1:4000', '127.0.0.1:59999'])(
    'does not change a plain target with the Host %s',
    (host) => {
      expect(safeTarget('/dynamodb?name=T@@a%20b@@c', host)).toBe('/dynamodb?name=T@@a%20b@@c');
    },
  );

  it.each([
    undefined,
    '',
    'localhost:99999',
    '127.1',
    'a b',
    'user@localhost',
    '[::1]:4000',
    'ex ample',
    '999.1.1.1',
  ])('builds a URL for the Host %j', (host) => {
    expect(urlOf('/a?b', host)).toBe('http://localhost/a?b');
  });

  it('percent-encodes non-ASCII bytes and characters with a meaning for a URL parser', () => {
    expect(safeTarget('/a?b=\xc3\xa9#\\\t c', 'localhost')).toBe('/a?b=%C3%A9%23%5C%09%20c');
  });

  it('keeps the host of an absolute target', () => {
    expect(safeTarget('HTTP://Example.com:80/a?b=\xc3#', 'localhost')).toBe('http://example.com/a?b=%C3%23');
  });

  it.each(['http://', 'http://[/a', 'http://a:99999/', 'https://%/'])(
    'replaces the invalid URL %s by http://nowhere.invalid/',
    (target) => {
      expect(safeTarget(target, 'localhost')).toBe('http://nowhere.invalid/');
    },
  );

  it.each(['*', 'ftp://localhost/a', 'a/b'])('converts %s to a path', (target) => {
    expect(safeTarget(target, 'localhost')).toBe(`/${target}`);
  });

  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const host = fc.oneof(fc.constantFrom(undefined, 'localhost', '[::1]:1'), fc.string({ unit: byte }));

  it('returns a valid URL for any input', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: byte }),
        fc.constantFrom('', '/', '//', 'http://'),
        host,
        (text, start, name) => {
          expect(() => urlOf(start + text, name)).not.toThrow();
        },
      ),
    );
  });

  it('keeps the bytes of the query in any encoding', () => {
    fc.assert(
      fc.property(anyText(), host, (value, name) => {
        // Raw but for the characters that have a meaning in a form.
        const raw = Buffer.from(value)
          .toString('latin1')
          .replace(/[%+&=]/g, encodeURIComponent);
        const query = queryOf(urlOf(`/a?v=${raw}`, name));
        expect(parseFormQuery(query).get('v')).toBe(value);
      }),
    );
  });
});
