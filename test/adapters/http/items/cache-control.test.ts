import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCacheControl } from '../../../../src/adapters/http/items/cache-control.ts';

const any = { kind: 'any' };
const noCache = { kind: 'no-cache' };
const onlyIfCached = { kind: 'only-if-cached' };
const maxAge = (seconds: number) => ({ kind: 'max-age', seconds });

describe('parseCacheControl', () => {
  it.each([
    ['nothing', null, any],
    ['an empty header', '', any],
    ['empty list elements', ' , ,', any],
    ['no-cache', 'no-cache', noCache],
    ['only-if-cached', 'only-if-cached', onlyIfCached],
    ['max-age', 'max-age=5', maxAge(5)],
    ['max-age=0', 'max-age=0', maxAge(0)],
    ['any letter case', 'No-CACHE', noCache],
    ['white space around the elements', '\t no-cache \t,\t', noCache],
    ['a number in quotes', 'max-age="5"', maxAge(5)],
    ['a quoted number with an escape', 'max-age="\\5"', maxAge(5)],
    ['an unknown directive', 'foo, bar=baz, max-stale, min-fresh=3', any],
    ['an unknown directive with a comma in quotes', 'foo="a, no-cache", max-age=1', maxAge(1)],
    ['no-store', 'no-store', any],
    ['the shortest of several max-age', 'max-age=9, max-age=3, max-age=7', maxAge(3)],
    ['no-cache rather than max-age', 'max-age=9, no-cache', noCache],
    ['more seconds than can be counted', `max-age=${'9'.repeat(400)}`, maxAge(2 ** 31)],
    ['only-if-cached with max-age', 'max-age=9, only-if-cached', { ...onlyIfCached, seconds: 9 }],
  ])('parses %s', (_, header, freshness) => {
    expect(parseCacheControl(header)).toEqual(freshness);
  });

  it.each([
    ['max-age without a number', 'max-age'],
    ['max-age with an empty number', 'max-age='],
    ['max-age with an empty number in quotes', 'max-age=""'],
    ['a negative number', 'max-age=-1'],
    ['a fraction', 'max-age=1.5'],
    ['a word for a number', 'max-age=soon'],
    ['a malformed max-age beside a good one', 'max-age=1, max-age=x'],
    ['a directive without a name', '=5'],
    ['two directives without a comma', 'no-cache max-age=5'],
    ['space before the equals sign', 'max-age =5'],
    ['a quote that does not end', 'foo="bar'],
    ['text behind a quote', 'foo="bar"baz'],
    ['a character that no token has', 'no-cache; max-age=5'],
  ])('rejects %s', (_, header) => {
    expect(() => parseCacheControl(header)).toThrow(
      expect.objectContaining({ code: 'malformed_request', category: 'invalid_request' }),
    );
  });

  it('throws not_in_cache for only-if-cached together with no-cache', () => {
    expect(() => parseCacheControl('only-if-cached, no-cache')).toThrow(
      expect.objectContaining({ code: 'not_in_cache' }),
    );
  });

  it('ignores the order of directives', () => {
    const directive = fc.constantFrom('no-cache', 'max-age=1', 'max-age="7"', 'foo="a,b"', 'no-store', '');
    fc.assert(
      fc.property(fc.array(directive), (directives) => {
        const there = parseCacheControl(directives.join(','));
        expect(parseCacheControl(directives.toReversed().join(' , '))).toEqual(there);
      }),
    );
  });

  it('takes time proportional to the length of any header', () => {
    for (const filler of [' ', ',', '"', '\\', 'a', ' ,', '="']) {
      const header = `a${filler.repeat(200_000)};`;
      const startedAt = performance.now();
      expect(() => parseCacheControl(header)).toThrow(expect.objectContaining({ code: 'malformed_request' }));
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    }
  });
});
