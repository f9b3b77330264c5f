import { jsonNumber } from './decimal.ts';
import type { AttributeMap, AttributeValue } from './dynamodb-json.ts';

/** Up to this many names are sorted in place. */
const MAX_INSERTION_SORT = 32;

/**
 * Converts an item to plain JSON: no type markers, names in the order of their UTF-8 bytes, numbers with all digits,
 * binary as base64, sets as arrays.
 *
 * @throws {SyntaxError} if the item contains an invalid attribute value
 */
export const plainJson = (item: AttributeMap): string => {
  if (typeof item !== 'object' || item === null) throw notAnAttribute();
  let members = '';
  for (const name of sortedNames(Object.keys(item))) {
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${plainValue(item[name])}`;
  }
  return `{${members}}`;
};

/** For a few names, the copies made by `sort` take longer than the rest of the conversion. */
const sortedNames = (names: string[]): readonly string[] => {
  if (names.length > MAX_INSERTION_SORT) return names.sort(compareCodePoints);
  for (let end = 1; end < names.length; end += 1) {
    const name = names[end] ?? '';
    let at = end;
    for (; at > 0 && compareCodePoints(names[at - 1] ?? '', name) > 0; at -= 1)
      names[at] = names[at - 1] ?? '';
    names[at] = name;
  }
  return names;
};

const plainValue = (value: AttributeValue | undefined): string => {
  if (typeof value !== 'object' || value === null) throw notAnAttribute();
  if ('S' in value) return plainText(value.S);
  if ('N' in value) return plainNumber(value.N);
  if ('BOOL' in value) return value.BOOL ? 'true' : 'false';
  if ('M' in value) return plainJson(value.M);
  if ('L' in value) return plainArray(value.L, plainValue);
  if ('NULL' in value) return 'null';
  if ('B' in value) return plainText(value.B);
  if ('SS' in value) return plainArray(value.SS, plainText);
  if ('NS' in value) return plainArray(value.NS, plainNumber);
  if ('BS' in value) return plainArray(value.BS, plainText);
  throw notAnAttribute();
};

const plainText = (text: string): string => {
  if (typeof text !== 'string') throw notAnAttribute();
  return JSON.stringify(text);
};

const plainNumber = (text: string): string => {
  if (typeof text !== 'string') throw notAnAttribute();
  return jsonNumber(text);
};

const plainArray = <T>(values: readonly T[], plain: (value: T) => string): string => {
  if (!Array.isArray(values)) throw notAnAttribute();
  return `[${values.map(plain).join(',')}]`;
};

const notAnAttribute = (): SyntaxError => new SyntaxError('an attribute value has an unknown type');

/** Compares in the order of UTF-8 bytes. Comparing UTF-16 units would put U+FFEE after emoji. */
const compareCodePoints = (left: string, right: string): number => {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

/** Surrogates encode code points above all others. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
