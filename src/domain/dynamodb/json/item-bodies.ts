import type { Body } from '../../cache/cache-entry.ts';
import { membersOf } from '../../json/json-scanner.ts';
import type { AttributeMap, AttributeValue } from './dynamodb-json.ts';
import { PLAIN, TYPED } from './dynamodb-json.ts';
import { plainJson } from './plain-json.ts';
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
