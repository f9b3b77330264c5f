import type { AttributeValue } from '../json/attribute-value.ts';
import { utf8Length } from '../json/utf8-length.ts';
import type { JsonObject } from '../json/wire-json.ts';
import { base64Bytes, canonicalBase64, paddedBase64 } from './base64.ts';
import { MalformedNameError } from './errors.ts';
import { canonicalNumber } from './key-number.ts';
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
