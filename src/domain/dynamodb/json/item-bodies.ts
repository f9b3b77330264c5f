import type { Body } from '../../cache/cache-entry.ts';
import type { AttributeMap, AttributeValue } from './dynamodb-json.ts';
import { PLAIN, TYPED } from './dynamodb-json.ts';
import { membersOf } from './json-scanner.ts';
import { plainJson } from './plain-json.ts';
import type { RawItem } from './raw-answer.ts';

const encoder = new TextEncoder();

/**
 * The bodies of an item, one for each content type.
 *
 * @param surplus names of attributes to leave out
 * @throws {SyntaxError} if the item holds what is no attribute value
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
  throw new RangeError(`there is no form of an item with the content type ${contentType}`);
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

/** Whether two items are equal, in whatever order their attributes and the members of their sets stand. */
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
