import type { Address, EntryKey } from '../../cache/cache-entry.ts';
import type { AttributeMap } from '../json/dynamodb-json.ts';
import { isObject, type JsonObject } from '../json/wire-json.ts';
import { canonicalBase64, paddedBase64 } from './base64.ts';
import { MalformedNameError } from './errors.ts';
import { KeyCodec } from './key-codec.ts';
import { Projection } from './projection.ts';
import type { KeyAttribute, KeySchema, TableSpec } from './table-spec.ts';

/** Where a request is to be carried out. */
export interface RequestPlace {
  readonly region: string;
  /** Absent where it is unknown. */
  readonly account?: string;
}

/** A table of the configuration as requests speak of it. */
export class ConfiguredTable {
  readonly spec: TableSpec;
  /** What is asked for, and kept, of its items. */
  readonly projection: Projection;
  readonly #codec: KeyCodec;

  constructor(spec: TableSpec) {
    this.spec = spec;
    this.projection = new Projection(spec);
    this.#codec = new KeyCodec(spec);
  }

  /** The key that `value` writes exactly as DynamoDB demands it; `undefined` where DynamoDB might find fault with it. */
  exactKey(value: unknown): EntryKey | undefined {
    return isExactKey(this.spec, value) ? this.keyIn(value) : undefined;
  }

  /** The key of an item, or of key attributes among others; `undefined` where one of them is missing, or not of its type. */
  keyIn(item: JsonObject): EntryKey | undefined {
    try {
      return this.#codec.fromItem(item);
    } catch (error) {
      if (error instanceof MalformedNameError) return undefined;
      throw error;
    }
  }

  /** Whether the item has the key. */
  isItem(item: JsonObject, key: EntryKey): boolean {
    return this.keyIn(item)?.text === key.text;
  }

  /** The item whose key is among these attributes; the whole table where none is, or nobody knows the attributes. */
  addressOf(attributes: JsonObject | undefined): Address {
    const group = this.spec.name;
    const key = attributes && this.keyIn(attributes);
    return key === undefined ? { group } : { group, key };
  }
}

/** The tables of the configuration, found by what requests call them in DynamoDB's own words. */
export class ConfiguredTables {
  readonly all: readonly ConfiguredTable[];
  readonly #byName = new Map<string, readonly ConfiguredTable[]>();
  readonly #ownRegion: string | undefined;

  /** @param ownRegion where tables are that name no region; absent where it is unknown */
  constructor(specs: readonly TableSpec[], ownRegion?: string) {
    this.all = specs.map((spec) => new ConfiguredTable(spec));
    this.#ownRegion = ownRegion;
    for (const table of this.all) {
      this.#byName.set(table.spec.table, [...(this.#byName.get(table.spec.table) ?? []), table]);
    }
  }

  /**
   * Every table that `reference` may mean, wherever it is: replicas of a table share its name.
   * `undefined` if it cannot be told what is meant.
   */
  writeSetOf(reference: unknown): readonly ConfiguredTable[] | undefined {
    const meant = typeof reference === 'string' ? tableReference(reference) : undefined;
    return meant === undefined ? undefined : (this.#byName.get(meant.table) ?? []);
  }

  /** The one table that `reference` means in a request made at `place`, if it is certainly that one. */
  at(reference: unknown, place: RequestPlace): ConfiguredTable | undefined {
    const meant = typeof reference === 'string' ? tableReference(reference) : undefined;
    if (meant === undefined || !isAt(meant, place)) return undefined;
    return this.#byName
      .get(meant.table)
      ?.find(({ spec }) => (spec.region ?? this.#ownRegion) === place.region);
  }
}

const isAt = ({ place: own, isPart }: TableReference, place: RequestPlace): boolean =>
  !isPart && (own === undefined || (own.region === place.region && own.account === place.account));

/** What a request says of a table. */
export interface TableReference {
  /** The name of the table. */
  readonly table: string;
  /** Where it is, if the request gives its ARN. */
  readonly place?: { readonly region: string; readonly account: string };
  /** Whether the ARN goes on after the table, as that of an index does. */
  readonly isPart: boolean;
}

const NAME = /^[\w.-]{1,255}$/;
const ARN = /^arn:[^:/]+:dynamodb:([^:/]+):(\d+):table\/([\w.-]{1,255})(\/.*)?$/;

/** What `text` says as a table name or as an ARN; `undefined` if it is neither. */
export const tableReference = (text: string): TableReference | undefined => {
  if (NAME.test(text)) return { table: text, isPart: false };
  const found = ARN.exec(text);
  if (found === null) return undefined;
  const [, region = '', account = '', table = '', rest] = found;
  return { table, place: { region, account }, isPart: rest !== undefined };
};

/** What `fields` means for an SDK that is pointed at the endpoint, and what to do; follows words that name the SDK. */
export const FIELDS_AT_ENDPOINT =
  'its reads of whole items are forwarded and never cached, because fields is set; leave fields out of cache.yaml, or name the attributes in ProjectionExpression';

/** The names of the tables of which only some attributes are cached. */
export const tablesWithFields = (tables: readonly TableSpec[]): readonly string[] =>
  tables.filter(({ fields }) => fields !== undefined).map(({ name }) => name);

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
