import { EntryKey } from '../../cache/cache-entry.ts';
import { decimalText, leadingZeros } from '../json/decimal.ts';
import type { AttributeMap, AttributeValue } from '../json/dynamodb-json.ts';
import { utf8Length } from '../json/json-bytes.ts';
import type { JsonObject } from '../json/wire-json.ts';
import { base64Bytes, canonicalBase64, paddedBase64 } from './base64.ts';
import { MalformedNameError } from './errors.ts';
import type { KeyAttribute, KeySchema, KeyType } from './table-spec.ts';

const MAX_HASH_BYTES = 2048;
const MAX_SORT_BYTES = 1024;

/** Ends the hash value within an id, and is therefore escaped in it; the sort value stands as it is. */
const SEPARATOR = '\0';
const ESCAPE = '\u0001';
const ESCAPED_SEPARATOR = '\u0001\u0002';
const ESCAPED_ESCAPE = '\u0001\u0001';

/** Translates between the key values of one table and entry keys. Values that DynamoDB takes for equal give one key. */
export class KeyCodec {
  readonly #group: string;
  readonly #hashKey: KeyAttribute;
  readonly #sortKey: KeyAttribute | undefined;

  /** @param schema with the name of the table spec, which is the group of the keys */
  constructor(schema: KeySchema & { readonly name: string }) {
    this.#group = schema.name;
    this.#hashKey = schema.hashKey;
    this.#sortKey = schema.sortKey;
  }

  /** Whether a hash value alone does not name an item. */
  get hasSortKey(): boolean {
    return this.#sortKey !== undefined;
  }

  /**
   * The key of the values as text: numbers in any notation, binary in either alphabet of base64.
   *
   * @throws {MalformedNameError} if a value is missing, surplus, empty, too long, or not of its type
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
   * The key of an item; attributes outside the key are ignored.
   *
   * @throws {MalformedNameError} if a key attribute is missing, or not of its type
   */
  fromItem(item: JsonObject): EntryKey {
    const sort = this.#sortKey === undefined ? undefined : valueText(item, this.#sortKey);
    return this.fromText(valueText(item, this.#hashKey), sort);
  }

  /** The key attributes as DynamoDB takes them. Only for keys that this codec has made. */
  toAttributes(key: EntryKey): AttributeMap {
    if (this.#sortKey === undefined) return named(this.#hashKey, key.id);
    const end = key.id.indexOf(SEPARATOR);
    return {
      ...named(this.#hashKey, unescaped(key.id.slice(0, end))),
      ...named(this.#sortKey, key.id.slice(end + 1)),
    };
  }
}

/** A computed name makes a property even of `__proto__`. */
const named = ({ name, type }: KeyAttribute, canonical: string): AttributeMap => ({
  [name]: attributeValue(type, canonical),
});

const escaped = (value: string): string => {
  if (!value.includes(SEPARATOR) && !value.includes(ESCAPE)) return value;
  return value.replaceAll(ESCAPE, ESCAPED_ESCAPE).replaceAll(SEPARATOR, ESCAPED_SEPARATOR);
};

const unescaped = (text: string): string => {
  if (!text.includes(ESCAPE)) return text;
  // In one pass: an escaped escape may be followed by what looks like the rest of an escaped separator.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is a control character on purpose
  return text.replace(/\u0001(.)/g, (_, mark: string) => (mark === ESCAPE ? ESCAPE : SEPARATOR));
};

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
