import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFormQuery, queryOf } from '../../../../src/adapters/http/items/item-query.ts';
import { RawHeaders, safeTarget } from '../../../../src/adapters/http/server/request-head.ts';
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

const name = fc.constantFrom('Host', 'host', 'X-Amz-Date', 'x-amz-date', 'X-AMZ-Target', 'x-amz-data');
const value = fc.stringMatching(/^[a-z0-9;=/-]{1,8}$/);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 8 });

describe('RawHeaders', () => {
  it('returns the same values as the web-standard Headers', () => {
    fc.assert(
      fc.property(pairs, name, (sent, asked) => {
        const raw = new RawHeaders(sent.flat());
        const standard = new Headers(sent);

        expect(raw.get(asked)).toBe(standard.get(asked));
        expect(raw.has(asked)).toBe(standard.has(asked));
      }),
    );
  });

  it('visits each name once, in lower case', () => {
    fc.assert(
      fc.property(pairs, (sent) => {
        const visited: [string, string][] = [];
        new RawHeaders(sent.flat()).forEach((text, called) => {
          visited.push([called, text]);
        });

        expect(visited.sort()).toEqual([...new Headers(sent)].sort());
      }),
    );
  });

  it('visits many headers with the same result, and reads each only a few times', () => {
    const sent = Array.from({ length: 2000 }, (_, index): [string, string] => [
      `X-${index % 1500}`,
      `${index}`,
    ]);
    let reads = 0;
    const counted = new Proxy(sent.flat(), {
      get: (pairs, property, receiver) => {
        reads += 1;
        return Reflect.get(pairs, property, receiver);
      },
    });
    const visited: [string, string][] = [];
    new RawHeaders(counted).forEach((text, called) => {
      visited.push([called, text]);
    });

    expect(visited.sort()).toEqual([...new Headers(sent)].sort());
    expect(reads).toBeLessThan(5 * sent.length);
  });

  it('distinguishes an empty header from a missing one', () => {
    const raw = new RawHeaders(['X-Amz-Target', '']);

    expect(raw.get('x-amz-target')).toBe('');
    expect(raw.has('x-amz-target')).toBe(true);
    expect(raw.has('x-amz-date')).toBe(false);
  });
});
