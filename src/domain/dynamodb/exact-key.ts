import type { EntryKey } from '../cache/entry-key.ts';
import type { AttributeMap } from './attribute-value.ts';
import { canonicalBase64, paddedBase64 } from './base64.ts';
import { MalformedNameError } from './errors.ts';
import type { KeyCodec } from './key-codec.ts';
import type { KeyAttribute, KeySchema } from './table-spec.ts';
import { isObject } from './wire-json.ts';

/**
 * The key that the `Key` of a request names: all attributes of the schema and no other, each of its type and nothing
 * besides, binary in the one alphabet of DynamoDB. `undefined` for anything else.
 */
export const exactKey = (schema: KeySchema, codec: KeyCodec, value: unknown): EntryKey | undefined => {
  const attributes = schema.sortKey === undefined ? [schema.hashKey] : [schema.hashKey, schema.sortKey];
  if (!isKeyMap(value) || Object.keys(value).length !== attributes.length) return undefined;
  if (!attributes.every((attribute) => isExact(value, attribute))) return undefined;
  try {
    return codec.fromItem(value);
  } catch (error) {
    if (error instanceof MalformedNameError) return undefined;
    throw error;
  }
};

/** Whether `value` has the shape of a key of some table: attributes of one text each. */
export const isKeyMap = (value: unknown): value is AttributeMap =>
  isObject(value) && Object.values(value).every(isKeyAttribute);

const isKeyAttribute = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const [type = '', ...others] = Object.keys(value);
  return others.length === 0 && KEY_TYPES.has(type) && typeof value[type] === 'string';
};

const KEY_TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B']);

const isExact = (key: AttributeMap, { name, type }: KeyAttribute): boolean => {
  if (!Object.hasOwn(key, name)) return false;
  const value: unknown = key[name];
  const text: unknown = isObject(value) && Object.hasOwn(value, type) ? value[type] : undefined;
  return typeof text === 'string' && (type !== 'B' || isStandardBase64(text));
};

/** As DynamoDB wants it: the standard alphabet, padded, and no stray bits, by which two texts could be one value. */
const isStandardBase64 = (text: string): boolean => {
  const canonical = canonicalBase64(text);
  return canonical !== undefined && paddedBase64(canonical) === text;
};
