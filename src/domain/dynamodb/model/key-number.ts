import { decimalText, leadingZeros } from '../json/decimal.ts';
import { MalformedNameError } from './errors.ts';

/** What DynamoDB keeps of a number at most. */
const MAX_DIGITS = 38;
/** Exponents of the first digit of the smallest and the largest magnitude. */
const MIN_EXPONENT = -130;
const MAX_EXPONENT = 125;
/** Below this exponent of the first digit the scientific form is the shorter one. */
const MIN_PLAIN_EXPONENT = -7;

/** Canonical already, as the keys of most tables are; no longer than `MAX_DIGITS`. */
const SHORT_INTEGER = /^(?:0|[1-9]\d{0,37})$/;

/**
 * One text for all texts of an equal number: `1`, `1.0`, `01` and `1e0` give `1`.
 *
 * @throws {MalformedNameError} if `text` is no number by DynamoDB's grammar or lies outside its range
 */
export const canonicalNumber = (text: string): string => {
  if (SHORT_INTEGER.test(text)) return text;
  const decimal = decimalText(text);
  if (decimal === undefined) throw new MalformedNameError('a key of type N is not a number');
  const all = decimal.whole + decimal.fraction;
  const digits = all.slice(leadingZeros(all), all.length - trailingZeros(all));
  if (digits === '') return '0';
  if (digits.length > MAX_DIGITS) {
    throw new MalformedNameError(`a key of type N has more than ${MAX_DIGITS} significant digits`);
  }
  const exponent = decimal.whole.length - leadingZeros(all) - 1 + Number(decimal.exponent ?? 0);
  if (exponent < MIN_EXPONENT || exponent > MAX_EXPONENT) {
    throw new MalformedNameError('a key of type N lies outside the range 1E-130 to 9.99...E+125');
  }
  return decimal.sign + format(digits, exponent);
};

/** @param exponent power of ten of the first digit */
const format = (digits: string, exponent: number): string => {
  if (exponent >= MAX_DIGITS || exponent < MIN_PLAIN_EXPONENT) {
    const rest = digits.slice(1);
    return `${digits.charAt(0)}${rest === '' ? '' : `.${rest}`}E${exponent}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? whole : `${whole}.${fraction}`;
};

const trailingZeros = (digits: string): number => {
  let count = 0;
  while (digits.charCodeAt(digits.length - 1 - count) === 0x30) count++;
  return count;
};
