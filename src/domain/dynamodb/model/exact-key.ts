import type { AttributeMap } from '../json/dynamodb-json.ts';
import { isObject } from '../json/wire-json.ts';
import { canonicalBase64, paddedBase64 } from './base64.ts';
import type { KeyAttribute, KeySchema } from './table-spec.ts';

/**
 * Whether `value`, the `Key` of a request, has all attributes of the schema and no other, each of its type and nothing
 * besides, binary in the one alphabet of DynamoDB.
 */
export const isExactKey = ({ hashKey, sortKey }: KeySchema, value: unknown): value is AttributeMap => {
  const attributes = sortKey === undefined ? [hashKey] : [hashKey, sortKey];
  return (
    isKeyMap(value) &&
    Object.keys(value).length === attributes.length &&
    attributes.every((attribute) => isExact(value, attribute))
  );
};

/** Whether `value` has the shape of a key of some table: attributes of one text each. */
export const isKeyMap = (value: unknown): value is AttributeMap =>
  isObject(value) && Object.values(value).every(isKeyAttribute);

const isKeyAttribute = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const types = Object.keys(value);
  return types.length === 1 && types.every((type) => KEY_TYPES.has(type) && typeof value[type] === 'string');
};

const KEY_TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B']);

const isExact = (key: AttributeMap, { name, type }: KeyAttribute): boolean => {
  const value: unknown = key[name];
  const text = isObject(value) ? value[type] : undefined;
  return typeof text === 'string' && (type !== 'B' || isStandardBase64(text));
};

/** As DynamoDB wants it: the standard alphabet, padded, and no stray bits, by which two texts could be one value. */
const isStandardBase64 = (text: string): boolean => {
  const canonical = canonicalBase64(text);
  return canonical !== undefined && paddedBase64(canonical) === text;
};
