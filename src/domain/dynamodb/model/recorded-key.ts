import type { EntryKey } from '../../cache/cache-entry.ts';
import { isObject, type JsonObject } from '../../json/json-object.ts';
import { MalformedNameError } from './errors.ts';
import { KeyCodec } from './key-codec.ts';
import type { KeyAttribute, KeyType } from './table-spec.ts';

/** The names of the key attributes of a table. */
export interface KeyNames {
  readonly hash: string;
  readonly sort?: string;
}

/** What is announced does not depend on the group of the key. */
const GROUP = 'stream';

const TYPES: readonly KeyType[] = ['S', 'N', 'B'];

/**
 * Makes the key of an item from its key attributes in typed JSON, as a stream has them. The types are those of the values.
 *
 * @throws {MalformedNameError} if `attributes` are not exactly the named ones, or one of them has no valid value
 */
export const keyOfRecord = (attributes: unknown, { hash, sort }: KeyNames): EntryKey => {
  if (!isObject(attributes)) throw new MalformedNameError('the record has no key attributes');
  const names = sort === undefined ? [hash] : [hash, sort];
  // An id of the hash value alone would be that of no item of a table that has a sort key.
  if (Object.keys(attributes).length !== names.length) {
    throw new MalformedNameError(
      `the record has ${Object.keys(attributes).length} key attributes instead of ${names.length}`,
    );
  }
  const hashKey = typedAttribute(attributes, hash);
  const sortKey = sort === undefined ? {} : { sortKey: typedAttribute(attributes, sort) };
  return new KeyCodec({ name: GROUP, hashKey, ...sortKey }).fromItem(attributes);
};

const typedAttribute = (attributes: JsonObject, name: string): KeyAttribute => {
  const value = attributes[name];
  const type = isObject(value) ? TYPES.find((each) => Object.hasOwn(value, each)) : undefined;
  if (type === undefined) {
    throw new MalformedNameError(`the key attribute ${name} is missing or not of type S, N or B`);
  }
  return { name, type };
};
