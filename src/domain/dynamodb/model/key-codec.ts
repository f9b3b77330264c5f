import { EntryKey } from '../../cache/entry-key.ts';
import type { AttributeMap } from '../json/dynamodb-json.ts';
import type { JsonObject } from '../json/wire-json.ts';
import { MalformedNameError } from './errors.ts';
import { attributeValue, canonicalValue, valueText } from './key-value.ts';
import type { KeyAttribute, KeySchema } from './table-spec.ts';

const MAX_HASH_BYTES = 2048;
const MAX_SORT_BYTES = 1024;

/** Ends the hash value within an id, and is therefore escaped in it; the sort value stands as it is. */
const SEPARATOR = '\0';
const ESCAPE = '\u0001';
const ESCAPED_SEPARATOR = '\u0001\u0002';
const ESCAPED_ESCAPE = '\u0001\u0001';

/** Translates between the key values of one table and entry keys. Values that DynamoDB takes for equal give one key. */
export class KeyCodec {
  readonly #group: string;
  readonly #hashKey: KeyAttribute;
  readonly #sortKey: KeyAttribute | undefined;

  /** @param schema with the name of the table spec, which is the group of the keys */
  constructor(schema: KeySchema & { readonly name: string }) {
    this.#group = schema.name;
    this.#hashKey = schema.hashKey;
    this.#sortKey = schema.sortKey;
  }

  /** Whether a hash value alone does not name an item. */
  get hasSortKey(): boolean {
    return this.#sortKey !== undefined;
  }

  /**
   * The key of the values as text: numbers in any notation, binary in either alphabet of base64.
   *
   * @throws {MalformedNameError} if a value is missing, surplus, empty, too long, or not of its type
   */
  fromText(hash: string, sort?: string): EntryKey {
    const hashValue = canonicalValue(this.#hashKey.type, hash, MAX_HASH_BYTES);
    if (this.#sortKey === undefined) {
      if (sort !== undefined) throw new MalformedNameError('the table has no sort key');
      return new EntryKey(this.#group, hashValue);
    }
    if (sort === undefined) throw new MalformedNameError('the table has a sort key, whose value is missing');
    const sortValue = canonicalValue(this.#sortKey.type, sort, MAX_SORT_BYTES);
    return new EntryKey(this.#group, escaped(hashValue) + SEPARATOR + sortValue);
  }

  /**
   * The key of an item; attributes outside the key are ignored.
   *
   * @throws {MalformedNameError} if a key attribute is missing, or not of its type
   */
  fromItem(item: JsonObject): EntryKey {
    const sort = this.#sortKey === undefined ? undefined : valueText(item, this.#sortKey);
    return this.fromText(valueText(item, this.#hashKey), sort);
  }

  /** The key attributes as DynamoDB takes them. Only for keys that this codec has made. */
  toAttributes(key: EntryKey): AttributeMap {
    if (this.#sortKey === undefined) return named(this.#hashKey, key.id);
    const end = key.id.indexOf(SEPARATOR);
    return {
      ...named(this.#hashKey, unescaped(key.id.slice(0, end))),
      ...named(this.#sortKey, key.id.slice(end + 1)),
    };
  }
}

/** A computed name makes a property even of `__proto__`. */
const named = ({ name, type }: KeyAttribute, canonical: string): AttributeMap => ({
  [name]: attributeValue(type, canonical),
});

const escaped = (value: string): string => {
  if (!value.includes(SEPARATOR) && !value.includes(ESCAPE)) return value;
  return value.replaceAll(ESCAPE, ESCAPED_ESCAPE).replaceAll(SEPARATOR, ESCAPED_SEPARATOR);
};

const unescaped = (text: string): string => {
  if (!text.includes(ESCAPE)) return text;
  // In one pass: an escaped escape may be followed by what looks like the rest of an escaped separator.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is a control character on purpose
  return text.replace(/\u0001(.)/g, (_, mark: string) => (mark === ESCAPE ? ESCAPE : SEPARATOR));
};
