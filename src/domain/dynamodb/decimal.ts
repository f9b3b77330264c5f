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
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

interface DecimalText {
  readonly sign: '' | '-';
  readonly whole: string;
  readonly fraction: string;
  /** As written, with its sign. */
  readonly exponent: string | undefined;
}

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

/**
 * `text` as it is if JSON calls it a number too, else the same digits as a JSON number.
 *
 * @throws {SyntaxError} if it is not a number
 */
export const jsonNumber = (text: string): string => {
  if (JSON_NUMBER.test(text)) return text;
  const decimal = decimalText(text);
  if (decimal === undefined) throw new SyntaxError('an attribute of type N is not a number');
  const whole = decimal.whole.slice(leadingZeros(decimal.whole)) || '0';
  const fraction = decimal.fraction === '' ? '' : `.${decimal.fraction}`;
  const exponent = decimal.exponent === undefined ? '' : `e${decimal.exponent}`;
  return decimal.sign + whole + fraction + exponent;
};

const decimalText = (text: string): DecimalText | undefined => {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  return { sign: sign === '-' ? '-' : '', whole, fraction, exponent };
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

const leadingZeros = (digits: string): number => {
  let count = 0;
  while (digits.charCodeAt(count) === 0x30) count++;
  return count;
};

const trailingZeros = (digits: string): number => {
  let count = 0;
  while (digits.charCodeAt(digits.length - 1 - count) === 0x30) count++;
  return count;
};
