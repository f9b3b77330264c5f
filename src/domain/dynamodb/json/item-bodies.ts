import type { Body } from '../../cache/cache-entry.ts';
import { membersOf } from '../../json/json-scanner.ts';
import { jsonNumber } from './decimal.ts';
import { type AttributeMap, type AttributeValue, PLAIN, TYPED } from './dynamodb-json.ts';
import type { RawItem } from './raw-answer.ts';

const encoder = new TextEncoder();

/**
 * Encodes an item, once for each content type.
 *
 * @param surplus names of attributes to leave out
 * @throws {SyntaxError} if the item contains an invalid attribute value
 * @throws {RangeError} if a content type is not supported
 */
export const itemBodies = (
  item: RawItem,
  surplus: ReadonlySet<string>,
  contentTypes: readonly string[],
): readonly Body[] =>
  contentTypes.map((contentType) => ({
    contentType,
    bytes: encoder.encode(bodyText(item, surplus, contentType)),
  }));

const bodyText = (item: RawItem, surplus: ReadonlySet<string>, contentType: string): string => {
  if (contentType === PLAIN) return plainJson(keptAttributes(item.attributes, surplus));
  if (contentType === TYPED) return keptJson(item.json, surplus);
  throw new RangeError(`an item cannot be encoded with the content type ${contentType}`);
};

const keptAttributes = (attributes: AttributeMap, surplus: ReadonlySet<string>): AttributeMap =>
  surplus.size === 0
    ? attributes
    : Object.fromEntries(Object.entries(attributes).filter(([name]) => !surplus.has(name)));

const keptJson = (json: string, surplus: ReadonlySet<string>): string => {
  if (surplus.size === 0) return json;
  const kept = membersOf(json, 0).filter(({ name }) => !surplus.has(name));
  return `{${kept.map(({ start, end }) => json.slice(start, end)).join(',')}}`;
};

/** Whether two items are equal. The order of attributes and of set members does not matter. */
export const isSameItem = (left: AttributeMap | undefined, right: AttributeMap | undefined): boolean =>
  left === undefined || right === undefined ? left === right : ordered(left) === ordered(right);

const ordered = (item: AttributeMap): string => {
  const members = Object.entries(item).map(([name, value]) => JSON.stringify([name, orderedValue(value)]));
  return JSON.stringify(members.sort());
};

const orderedValue = (value: AttributeValue): unknown => {
  if ('M' in value) return { M: ordered(value.M) };
  if ('L' in value) return { L: value.L.map(orderedValue) };
  if ('SS' in value) return { SS: [...value.SS].sort() };
  if ('NS' in value) return { NS: [...value.NS].sort() };
  if ('BS' in value) return { BS: [...value.BS].sort() };
  return value;
};

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
