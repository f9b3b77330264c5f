import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationToMs, GO_DURATION_RULE, parseGoDuration } from '../../../src/domain/cache/go-values.ts';

interface Vector {
  readonly input: string;
  readonly nanoseconds?: string;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/go-duration.json', import.meta.url), 'utf8'),
);

const UNITS = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 10n ** 9n, m: 60n * 10n ** 9n, h: 3600n * 10n ** 9n };

describe('parseGoDuration', () => {
  it.each(vectors.filter((vector) => vector.nanoseconds !== undefined))(
    'reads $input as $nanoseconds ns',
    ({ input, nanoseconds }) => {
      expect(String(parseGoDuration(input))).toBe(nanoseconds);
    },
  );

  it.each(vectors.filter((vector) => vector.nanoseconds === undefined))('refuses $input', ({ input }) => {
    expect(() => parseGoDuration(input)).toThrow(new RangeError(`allowed: ${GO_DURATION_RULE}`));
  });

  it('names the allowed values', () => {
    expect(() => parseGoDuration('1 day')).toThrow(
      'allowed: a Go duration such as 30s, 3m or 1h30m (units ns, us, ms, s, m, h), at most about 292 years either way',
    );
  });

  it.each([
    ['0.9223372036854775808ns', '0'],
    ['0.3333333333333333333333h', '1200000000000'],
    ['0.1750295040952777753h', '630106214743'],
    ['0.4143008519516666565h', '1491483067025'],
    [`0.${'3'.repeat(400)}h`, '1200000000000'],
    ['-9223372036.854775808s', '-9223372036854775808'],
  ])('keeps as many digits of the fraction of %s as Go does', (input, nanoseconds) => {
    expect(String(parseGoDuration(input))).toBe(nanoseconds);
  });

  it.each([
    '9223372036.854775808s',
    '2562047h47m16.854775808s',
    '4611686018427387905ns4611686018427387904ns',
  ])('refuses %s, which is longer than the longest duration', (input) => {
    expect(() => parseGoDuration(input)).toThrow(RangeError);
  });

  it.each(['1-5s', '1+h', '5s-', '--5s', '+-5s'])(
    'refuses %s, whose sign is not in front of all',
    (input) => {
      expect(() => parseGoDuration(input)).toThrow(RangeError);
    },
  );

  it('adds up terms in any order', () => {
    const term = fc.tuple(fc.nat(1_000_000), fc.constantFrom<keyof typeof UNITS>('ns', 'us', 'ms', 's', 'm'));
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 8 }), fc.boolean(), (terms, negative) => {
        const text = terms.map(([count, unit]) => `${count}${unit}`).join('');
        const sum = terms.reduce((total, [count, unit]) => total + BigInt(count) * UNITS[unit], 0n);
        expect(parseGoDuration(negative ? `-${text}` : text)).toBe(negative ? -sum : sum);
      }),
    );
  });

  it('reads every whole number of nanoseconds within its range', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nanoseconds) => {
        expect(parseGoDuration(`${nanoseconds}ns`)).toBe(nanoseconds);
      }),
    );
  });

  it('answers any text with a duration in range or a RangeError', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[+-]?[0-9.]{0,22}[nuµmsh]{0,2}[0-9.]{0,22}[hms]?$/),
    );
    fc.assert(
      fc.property(text, (input) => {
        let nanoseconds = 0n;
        try {
          nanoseconds = parseGoDuration(input);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        expect(BigInt.asIntN(64, nanoseconds)).toBe(nanoseconds);
      }),
    );
  });
});

describe('durationToMs', () => {
  it.each([
    [0n, 0],
    [1_000_000n, 1],
    [1_500_000n, 1.5],
    [1n, 0.000001],
    [-2_500_000n, -2.5],
    [2n ** 63n - 1n, 9_223_372_036_854.775],
  ])('makes %s ns into %s ms', (nanoseconds, ms) => {
    expect(durationToMs(nanoseconds)).toBe(ms);
  });
});
