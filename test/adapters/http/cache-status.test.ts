import { describe, expect, it } from '@jest/globals';
import { cacheStatusHeader, itemAnswer } from '../../../src/adapters/http/item-response.ts';
import { found } from '../../support/http/app-under-test.ts';

describe('cacheStatusHeader', () => {
  it('reports the remaining lifetime of a hit in whole seconds', () => {
    expect(cacheStatusHeader('c', { source: 'memory', ttlMs: 42_999 }, 200)).toBe('c; hit; ttl=42');
    expect(cacheStatusHeader('c', { source: 'memory', ttlMs: 1 }, 404)).toBe('c; hit; ttl=0');
  });

  it.each(['stale-while-revalidate', 'stale-if-error'] as const)(
    'says why a hit may be stale: %s',
    (stale) => {
      expect(cacheStatusHeader('c', { source: 'memory', ttlMs: -2_500, stale }, 200)).toBe(
        `c; hit; ttl=-3; detail=${stale}`,
      );
    },
  );

  it('never reports a just expired entry as fresh', () => {
    const cache = { source: 'memory', ttlMs: -1, stale: 'stale-if-error' } as const;
    expect(cacheStatusHeader('c', cache, 200)).toContain('ttl=-1');
  });

  it.each(['uri-miss', 'stale', 'request'] as const)('reports why the source was read: %s', (reason) => {
    const cache = { source: 'origin', reason, stored: false, collapsed: false } as const;
    expect(cacheStatusHeader('c', cache, 200)).toBe(`c; fwd=${reason}; fwd-status=200`);
  });

  it('reports whether the answer was stored and collapsed', () => {
    const cache = { source: 'origin', reason: 'uri-miss', stored: true, collapsed: true } as const;
    expect(cacheStatusHeader('c', cache, 404)).toBe('c; fwd=uri-miss; fwd-status=404; stored; collapsed');
  });

  it('reports a stale answer after a failure of the source', () => {
    expect(cacheStatusHeader('c', { source: 'memory-after-failure', ttlMs: -3_000 }, 200)).toBe(
      'c; fwd=stale; detail=stale-if-error; ttl=-3',
    );
  });
});

describe('the Age header', () => {
  it.each([
    [0, '0'],
    [999, '0'],
    [1_000, '1'],
    [-5, '0'],
  ])('for an age of %d ms is %s', (ageMs, age) => {
    expect(itemAnswer(found('x', undefined, ageMs), 'c').headers.age).toBe(age);
  });
});
