import type { Body } from '../../cache/body.ts';
import type { AttributeMap } from './attribute-value.ts';
import { PLAIN, TYPED } from './content-types.ts';
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
