import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COHERENCE_RULE, needsJournal, parseCoherence } from '../../../src/domain/cache/coherence.ts';
import { durationToMs, parseGoDuration } from '../../../src/domain/cache/go-values.ts';

const refusal = new RangeError(`allowed: ${COHERENCE_RULE}`);

describe('parseCoherence', () => {
  it.each([
    ['ttl', { mode: 'ttl' }],
    ['invocation', { mode: 'invocation' }],
    ['1s', { mode: 'interval', ms: 1000 }],
    ['100ms', { mode: 'interval', ms: 100 }],
    ['1m30s', { mode: 'interval', ms: 90_000 }],
    ['24h', { mode: 'interval', ms: 86_400_000 }],
  ])('reads %s', (text, coherence) => {
    expect(parseCoherence(text)).toEqual(coherence);
  });

  it.each(['', 'TTL', ' ttl', 'Invocation', 'never', '1', '0s', '99ms', '-1s', '24h1ms', '1d', '1s '])(
    'refuses "%s"',
    (text) => {
      expect(() => parseCoherence(text)).toThrow(refusal);
    },
  );

  it('names the allowed values', () => {
    expect(() => parseCoherence('1 second')).toThrow(
      /^allowed: ttl, invocation, or a Go duration such as .*, from 100ms to 24h$/,
    );
  });

  it('reads any duration from 100 ms to a day in milliseconds, and refuses all other text', () => {
    const units = fc.constantFrom('ns', 'us', 'ms', 's', 'm', 'h', '', 'd');
    const duration = fc.tuple(fc.oneof(fc.nat(2000).map(String), fc.double().map(String)), units);
    const text = fc.oneof(
      { weight: 5, arbitrary: duration.map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.string() },
    );
    fc.assert(
      fc.property(text, (given) => {
        let coherence: ReturnType<typeof parseCoherence>;
        try {
          coherence = parseCoherence(given);
        } catch (error) {
          return expect(error).toEqual(refusal);
        }
        if (coherence.mode !== 'interval') return expect(given).toBe(coherence.mode);
        expect(coherence.ms).toBe(durationToMs(parseGoDuration(given)));
        expect(coherence.ms).toBeGreaterThanOrEqual(100);
        expect(coherence.ms).toBeLessThanOrEqual(86_400_000);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('needsJournal', () => {
  it.each([
    [undefined, false],
    [{ mode: 'ttl' }, false],
    [{ mode: 'invocation' }, true],
    [{ mode: 'interval', ms: 1_000 }, true],
  ] as const)('of %j is %p', (coherence, expected) => {
    expect(needsJournal(coherence)).toBe(expected);
  });
});
