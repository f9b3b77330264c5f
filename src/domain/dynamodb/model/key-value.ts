import { decimalText, leadingZeros } from '../json/decimal.ts';
import type { AttributeValue } from '../json/dynamodb-json.ts';
import { utf8Length } from '../json/json-bytes.ts';
import type { JsonObject } from '../json/wire-json.ts';
import { base64Bytes, canonicalBase64, paddedBase64 } from './base64.ts';
import { MalformedNameError } from './errors.ts';
import type { KeyAttribute, KeyType } from './table-spec.ts';

/**
 * One text for all texts of an equal key value of the given type.
 *
 * @param maxBytes what DynamoDB allows the value to take
 * @throws {MalformedNameError} if it is empty, too long, or not of the type
 */
export const canonicalValue = (type: KeyType, text: string, maxBytes: number): string => {
  if (text === '') throw new MalformedNameError('a key value is empty');
  if (type === 'N') return canonicalNumber(text);
  return type === 'S' ? shortText(text, maxBytes) : shortBinary(text, maxBytes);
};

/**
 * The text of a key attribute of an item, as it stands there.
 *
 * @throws {MalformedNameError} if the item lacks the attribute, or has it with another type
 */
export const valueText = (item: JsonObject, { name, type }: KeyAttribute): string => {
  const value: unknown = item[name];
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, type) : undefined;
  if (typeof text !== 'string') {
    throw new MalformedNameError(`the key attribute ${name} is missing or not of type ${type}`);
  }
  return text;
};

/** A canonical key value as DynamoDB takes it. */
export const attributeValue = (type: KeyType, canonical: string): AttributeValue => {
  if (type === 'N') return { N: canonical };
  return type === 'S' ? { S: canonical } : { B: paddedBase64(canonical) };
};

const shortText = (text: string, maxBytes: number): string => {
  const bytes = utf8Length(text);
  if (bytes === undefined) throw new MalformedNameError('a key of type S is not valid Unicode');
  return within(text, bytes, maxBytes);
};

const shortBinary = (text: string, maxBytes: number): string => {
  const canonical = canonicalBase64(text);
  if (canonical === undefined) {
    throw new MalformedNameError('a key of type B is not base64; in a URL its + is written %2B');
  }
  return within(canonical, base64Bytes(canonical), maxBytes);
};

const within = (canonical: string, bytes: number, maxBytes: number): string => {
  if (bytes > maxBytes) throw new MalformedNameError(`a key value has more than ${maxBytes} bytes`);
  return canonical;
};

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
