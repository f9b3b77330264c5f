import { jsonNumber } from './decimal.ts';
import type { AttributeMap, AttributeValue } from './dynamodb-json.ts';

/** Names of so many attributes are sorted in place. */
const FEW = 32;

/**
 * The item as the JSON that people write: no type marks, names in the order of their UTF-8 bytes,
 * numbers with every digit, binary as base64, sets as arrays.
 *
 * @throws {SyntaxError} if it holds what is no attribute value
 */
export const plainJson = (item: AttributeMap): string => {
  if (typeof item !== 'object' || item === null) throw notAnAttribute();
  let members = '';
  for (const name of inOrder(Object.keys(item))) {
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${plainValue(item[name])}`;
  }
  return `{${members}}`;
};

/** `sort` makes copies, which for a few names cost more than all the rest of an item. */
const inOrder = (names: string[]): readonly string[] => {
  if (names.length > FEW) return names.sort(byCodePoints);
  for (let end = 1; end < names.length; end += 1) {
    const name = names[end] ?? '';
    let at = end;
    for (; at > 0 && byCodePoints(names[at - 1] ?? '', name) > 0; at -= 1) names[at] = names[at - 1] ?? '';
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

const notAnAttribute = (): SyntaxError => new SyntaxError('an attribute value is none of the known types');

/** Compares like the UTF-8 bytes do; comparing strings would put U+FFEE behind emoji. */
const byCodePoints = (left: string, right: string): number => {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

/** Surrogates stand for code points above all others. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
