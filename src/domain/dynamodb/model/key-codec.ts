import { EntryKey } from '../../cache/cache-entry.ts';
import type { JsonObject } from '../../json/json-object.ts';
import { decimalText, leadingZeros } from '../json/decimal.ts';
import type { AttributeMap, AttributeValue } from '../json/dynamodb-json.ts';
import { base64Bytes, canonicalBase64, paddedBase64 } from './base64.ts';
import { MalformedNameError } from './errors.ts';
import type { KeyAttribute, KeySchema, KeyType } from './table-spec.ts';

const MAX_HASH_BYTES = 2048;
const MAX_SORT_BYTES = 1024;

/** Separates the hash value from the sort value in an id. It is escaped in the hash value only. */
const SEPARATOR = '\0';
const ESCAPE = '\u0001';
const ESCAPED_SEPARATOR = '\u0001\u0002';
const ESCAPED_ESCAPE = '\u0001\u0001';

/** Converts the key values of one table to entry keys and back. Values that DynamoDB considers equal give equal keys. */
export class KeyCodec {
  readonly #group: string;
  readonly #hashKey: KeyAttribute;
  readonly #sortKey: KeyAttribute | undefined;

  /** @param schema its `name` is the name of the table spec, and the group of the keys */
  constructor(schema: KeySchema & { readonly name: string }) {
    this.#group = schema.name;
    this.#hashKey = schema.hashKey;
    this.#sortKey = schema.sortKey;
  }

  get hasSortKey(): boolean {
    return this.#sortKey !== undefined;
  }

  /**
   * Makes a key from values as text: numbers in any notation, binary as standard or URL-safe base64.
   *
   * @throws {MalformedNameError} if a value is missing, unexpected, empty, too long, or not of its type
   */
  fromText(hash: string, sort?: string): EntryKey {
    const hashValue = canonicalValue(this.#hashKey.type, hash, MAX_HASH_BYTES);
    if (this.#sortKey === undefined) {
      if (sort !== undefined) throw new MalformedNameError('the table has no sort key');
      return new EntryKey(this.#group, hashValue);
    }
    if (sort === undefined) throw new MalformedNameError('the table has a sort key, whose value is missing');
    const sortValue = canonicalValue(this.#sortKey.type, sort, MAX_SORT_BYTES);
    return new EntryKey(this.#group, escaped(hashValue) + SEPARATOR + sortValue);
  }

  /**
   * Makes the key of an item. Attributes outside the key are ignored.
   *
   * @throws {MalformedNameError} if a key attribute is missing, or not of its type
   */
  fromItem(item: JsonObject): EntryKey {
    const sort = this.#sortKey === undefined ? undefined : valueText(item, this.#sortKey);
    return this.fromText(valueText(item, this.#hashKey), sort);
  }

  /** Returns the key attributes in typed JSON. Accepts only keys made by this codec. */
  toAttributes(key: EntryKey): AttributeMap {
    if (this.#sortKey === undefined) return keyAttribute(this.#hashKey, key.id);
    const end = key.id.indexOf(SEPARATOR);
    return {
      ...keyAttribute(this.#hashKey, unescaped(key.id.slice(0, end))),
      ...keyAttribute(this.#sortKey, key.id.slice(end + 1)),
    };
  }
}

/** A computed name creates an own property even for `__proto__`. */
const keyAttribute = ({ name, type }: KeyAttribute, canonical: string): AttributeMap => ({
  [name]: attributeValue(type, canonical),
});

const escaped = (value: string): string => {
  if (!value.includes(SEPARATOR) && !value.includes(ESCAPE)) return value;
  return value.replaceAll(ESCAPE, ESCAPED_ESCAPE).replaceAll(SEPARATOR, ESCAPED_SEPARATOR);
};

const unescaped = (text: string): string => {
  if (!text.includes(ESCAPE)) return text;
  // One pass only: an escaped escape may precede a character that looks like the rest of an escaped separator.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is a control character on purpose
  return text.replace(/\u0001(.)/g, (_, mark: string) => (mark === ESCAPE ? ESCAPE : SEPARATOR));
};

/**
 * Returns the canonical text of a key value. Texts of equal values give equal results.
 *
 * @param maxBytes the longest value that DynamoDB allows, in bytes
 * @throws {MalformedNameError} if it is empty, too long, or not of the type
 */
export const canonicalValue = (type: KeyType, text: string, maxBytes: number): string => {
  if (text === '') throw new MalformedNameError('a key value is empty');
  if (type === 'N') return canonicalNumber(text);
  return type === 'S' ? shortText(text, maxBytes) : shortBinary(text, maxBytes);
};

/**
 * Returns the text of a key attribute of an item, unchanged.
 *
 * @throws {MalformedNameError} if the attribute is missing or has another type
 */
export const valueText = (item: JsonObject, { name, type }: KeyAttribute): string => {
  const value: unknown = item[name];
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, type) : undefined;
  if (typeof text !== 'string') {
    throw new MalformedNameError(`the key attribute ${name} is missing or not of type ${type}`);
  }
  return text;
};

/** Returns a canonical key value in typed JSON. */
export const attributeValue = (type: KeyType, canonical: string): AttributeValue => {
  if (type === 'N') return { N: canonical };
  return type === 'S' ? { S: canonical } : { B: paddedBase64(canonical) };
};

const shortText = (text: string, maxBytes: number): string => {
  const bytes = utf8Length(text);
  if (bytes === undefined) throw new MalformedNameError('a key of type S is not valid Unicode');
  return checkedLength(text, bytes, maxBytes);
};

const shortBinary = (text: string, maxBytes: number): string => {
  const canonical = canonicalBase64(text);
  if (canonical === undefined) {
    throw new MalformedNameError('a key of type B is not base64; in a URL its + is written %2B');
  }
  return checkedLength(canonical, base64Bytes(canonical), maxBytes);
};

const checkedLength = (canonical: string, bytes: number, maxBytes: number): string => {
  if (bytes > maxBytes) throw new MalformedNameError(`a key value has more than ${maxBytes} bytes`);
  return canonical;
};

/** The most significant digits that DynamoDB stores of a number. */
const MAX_DIGITS = 38;
/** Exponents of the first digit of DynamoDB's smallest and largest magnitude. */
const MIN_EXPONENT = -130;
const MAX_EXPONENT = 125;
/** DynamoDB refuses a larger exponent also of zero: "A value provided cannot be converted into a number". */
const MAX_WRITTEN_EXPONENT = 2 ** 31 - 1;
/** Below this exponent of the first digit, the scientific form is shorter. */
const MIN_PLAIN_EXPONENT = -7;

/** Integers of at most `MAX_DIGITS` digits that are already canonical: a shortcut for the common case. */
const SHORT_INTEGER = /^(?:0|[1-9]\d{0,37})$/;

/**
 * Returns the canonical text of a number. For example, `1`, `1.0`, `01` and `1e0` give `1`.
 *
 * @throws {MalformedNameError} if DynamoDB's grammar rejects `text`, or the number is outside DynamoDB's range
 */
export const canonicalNumber = (text: string): string => {
  if (SHORT_INTEGER.test(text)) return text;
  const decimal = decimalText(text);
  if (decimal === undefined) throw new MalformedNameError('a key of type N is not a number');
  const all = decimal.whole + decimal.fraction;
  const digits = all.slice(leadingZeros(all), all.length - trailingZeros(all));
  const written = Number(decimal.exponent ?? 0);
  if (Math.abs(written) > MAX_WRITTEN_EXPONENT) {
    throw new MalformedNameError('a key of type N has an exponent that DynamoDB cannot read');
  }
  if (digits === '') return '0';
  if (digits.length > MAX_DIGITS) {
    throw new MalformedNameError(`a key of type N has more than ${MAX_DIGITS} significant digits`);
  }
  const exponent = decimal.whole.length - leadingZeros(all) - 1 + written;
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

/** The length of `text` in UTF-8 bytes; `undefined` if it contains an unpaired surrogate. */
export const utf8Length = (text: string): number | undefined => {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 2;
    else if (unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 2;
      index++;
    } else return undefined;
  }
  return bytes;
};

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
