import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonNumber } from '../../../../src/domain/dynamodb/json/decimal.ts';
import { MalformedNameError } from '../../../../src/domain/dynamodb/model/errors.ts';
import { canonicalNumber } from '../../../../src/domain/dynamodb/model/key-codec.ts';

const NINES = '9'.repeat(38);

/** Value of a decimal text as an exact fraction: digits times a power of ten. */
const exactly = (text: string): { readonly digits: bigint; readonly exponent: number } => {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let digits = BigInt(`${whole.replace(/^\+/, '')}${fraction}`.replace(/^-?$/, '0'));
  let power = Number(exponent) - fraction.length;
  if (digits === 0n) return { digits, exponent: 0 };
  for (; digits % 10n === 0n; power += 1) digits /= 10n;
  return { digits, exponent: power };
};

/** Texts of DynamoDB numbers, in many notations. */
const numberText = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    padding: fc.constantFrom('', '0', '000'),
    digits: fc.stringMatching(/^\d{1,38}$/),
    point: fc.nat(38),
    tail: fc.constantFrom('', '0', '00'),
    exponent: fc.option(fc.integer({ min: -80, max: 80 }), { nil: undefined }),
    mark: fc.constantFrom('e', 'E'),
  })
  .map(({ sign, padding, digits, point, tail, exponent, mark }) => {
    const whole = digits.slice(0, point);
    const fraction = digits.slice(point);
    const mantissa = fraction === '' ? whole : `${whole}.${fraction}${tail}`;
    return `${sign}${padding}${mantissa}${exponent === undefined ? '' : `${mark}${exponent}`}`;
  });

describe('canonicalNumber', () => {
  it.each([
    ['1', ['1', '1.0', '01', '1e0', '+1', '1.', '10E-1', '0.1e1', '1.000', '0001.0e+00']],
    ['0', ['0', '-0', '0.0', '00', '0e999', '-0.000', '.0', '0.', '0e2147483647', '0E-2147483647']],
    ['0.5', ['.5', '0.50', '5e-1', '+.5']],
    ['-7.25', ['-7.25', '-07.250', '-725e-2']],
    ['100', ['100', '1e2', '1E+2', '100.00']],
    ['1E125', ['1e125', `1${'0'.repeat(125)}`, '0.1E126']],
    ['1E-130', ['1e-130', `0.${'0'.repeat(129)}1`, '10E-131']],
    [NINES, [NINES, `${NINES}.0`, `00${NINES}`]],
    [`9.${'9'.repeat(37)}E125`, [`${NINES}E88`]],
    ['1.5E-8', ['0.000000015']],
    ['0.0000001', ['1e-7']],
    ['1E38', [`1${'0'.repeat(38)}`]],
  ])('gives %s for every text of that number', (canonical, texts) => {
    expect(texts.map(canonicalNumber)).toEqual(texts.map(() => canonical));
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '.',
    '-',
    '+',
    'e1',
    '1e',
    '1e+',
    '1e1.5',
    '--1',
    '1,5',
    '0x1',
    '1_0',
    'NaN',
    'Infinity',
    '١',
    '1\n',
  ])('rejects %j, which is not a number', (text) => {
    expect(() => canonicalNumber(text)).toThrow(MalformedNameError);
  });

  it.each([
    `1${'0'.repeat(37)}1`,
    `0.${'1'.repeat(39)}`,
    '1E126',
    `${NINES}E89`,
    '1E-131',
    `0.${'0'.repeat(130)}1`,
    '1e999999999999',
    '0e2147483648',
    '0.0E-2147483648',
  ])('refuses %s, which DynamoDB cannot hold', (text) => {
    expect(() => canonicalNumber(text)).toThrow(MalformedNameError);
  });

  it.each([
    ['x', 'a key of type N is not a number'],
    [`${NINES}1`, 'a key of type N has more than 38 significant digits'],
    ['1E126', 'a key of type N lies outside the range 1E-130 to 9.99...E+125'],
  ])('rejects %s with the message %s', (text, message) => {
    expect(() => canonicalNumber(text)).toThrow(expect.objectContaining({ message }));
  });

  it('keeps the value, and has one text for it', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        const canonical = canonicalNumber(text);
        expect(exactly(canonical)).toEqual(exactly(text));
        expect(canonicalNumber(canonical)).toBe(canonical);
        expect(canonical.length).toBeLessThanOrEqual(45);
      }),
    );
  });

  it('gives equal texts exactly for equal numbers', () => {
    const small = numberText.filter((text) => text.length < 6);
    fc.assert(
      fc.property(small, small, (left, right) => {
        const equal = JSON.stringify(exactly(left), bigAsText) === JSON.stringify(exactly(right), bigAsText);
        expect(canonicalNumber(left) === canonicalNumber(right)).toBe(equal);
      }),
    );
  });
});

describe('jsonNumber', () => {
  it.each([
    '0',
    '-0',
    '42',
    '-7.25',
    '1e5',
    '1E+5',
    '1E5',
    '-1.25E10',
    '10E-12',
    '0.10',
    '12345678901234567890123456789012345678',
  ])('leaves %s as it is', (text) => {
    expect(jsonNumber(text)).toBe(text);
  });

  it.each([
    ['+1', '1'],
    ['01', '1'],
    ['.5', '0.5'],
    ['-.50', '-0.50'],
    ['5.', '5'],
    ['00', '0'],
    ['+007.10e+05', '7.10e+05'],
  ])('makes a JSON number of %s', (text, expected) => {
    expect(jsonNumber(text)).toBe(expected);
  });

  it.each(['', 'NaN', '0x1', '1e', '.'])('rejects %j, which is not a number', (text) => {
    expect(() => jsonNumber(text)).toThrow(new SyntaxError('an attribute of type N is not a number'));
  });

  it('gives a JSON number of the same value', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        const json = jsonNumber(text);
        expect(typeof JSON.parse(json)).toBe('number');
        expect(exactly(json)).toEqual(exactly(text));
      }),
    );
  });
});

const bigAsText = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
