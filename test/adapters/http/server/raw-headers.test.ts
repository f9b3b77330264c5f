import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RawHeaders } from '../../../../src/adapters/http/server/raw-headers.ts';

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
