import type { Address, EntryKey } from '../../cache/cache-entry.ts';
import { isObject, type JsonObject } from '../../json/json-object.ts';
import type { AttributeMap } from '../json/dynamodb-json.ts';
import { canonicalBase64, paddedBase64 } from './base64.ts';
import { MalformedNameError } from './errors.ts';
import { KeyCodec } from './key-codec.ts';
import { Projection } from './projection.ts';
import { arnOfTable } from './table-identity.ts';
import type { KeyAttribute, KeySchema, TableSpec } from './table-spec.ts';

/** The region and account in which a request is executed. */
export interface RequestPlace {
  readonly region: string;
  /** Absent if unknown. */
  readonly account?: string;
}

/** Reads what a request, executed at `place`, asks of the configured tables. */
export type RequestReader<Result> = (
  request: JsonObject,
  tables: ConfiguredTables,
  place: RequestPlace,
) => Result;

/** A configured table, with methods to read the keys in requests and items. */
export class ConfiguredTable {
  readonly spec: TableSpec;
  /** The attributes to read and to store. */
  readonly projection: Projection;
  /** The region of the table; absent if unknown. */
  readonly region: string | undefined;
  /** Absent for a table of the function's own account, unless it is configured by ARN. */
  readonly arn: string | undefined;
  readonly #codec: KeyCodec;

  /** @param ownRegion the region of tables without a configured region; absent if unknown */
  constructor(spec: TableSpec, ownRegion?: string) {
    this.spec = spec;
    this.region = spec.region ?? ownRegion;
    this.arn = arnOfTable(spec, ownRegion);
    this.projection = new Projection(spec);
    this.#codec = new KeyCodec(spec);
  }

  /** Parses the `Key` of a request; returns `undefined` if DynamoDB might reject it. */
  exactKey(value: unknown): EntryKey | undefined {
    return isExactKey(this.spec, value) ? this.keyIn(value) : undefined;
  }

  /** Returns the key of an item or of other attributes; `undefined` if a key attribute is missing or has another type. */
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

  /** Returns the address of the item with these attributes, or of the whole table if they do not contain the key. */
  addressOf(attributes: JsonObject | undefined): Address {
    const group = this.spec.name;
    const key = attributes && this.keyIn(attributes);
    return key === undefined ? { group } : { group, key };
  }
}

/** The configured tables, found by their DynamoDB name or ARN. */
export class ConfiguredTables {
  readonly all: readonly ConfiguredTable[];
  readonly #byName = new Map<string, readonly ConfiguredTable[]>();
  /** The tables that are configured by ARN or with a role. Of several roles, the first entry counts. */
  readonly #byArn = new Map<string, ConfiguredTable>();

  /** @param ownRegion the region of tables without a configured region; absent if unknown */
  constructor(specs: readonly TableSpec[], ownRegion?: string) {
    this.all = specs.map((spec) => new ConfiguredTable(spec, ownRegion));
    for (const table of this.all) {
      this.#byName.set(table.spec.table, [...(this.#byName.get(table.spec.table) ?? []), table]);
      if (table.arn !== undefined && !this.#byArn.has(table.arn)) this.#byArn.set(table.arn, table);
    }
  }

  /**
   * Returns every table of its account that `reference` may name, in all regions, because replicas of a table share its name.
   * Returns `undefined` if `reference` is not a table name or ARN.
   *
   * @param ownAccount the account of tables that are named without an ARN; if unknown, it may be any
   */
  writeSetOf(reference: unknown, ownAccount?: string): readonly ConfiguredTable[] | undefined {
    const meant = typeof reference === 'string' ? tableReference(reference) : undefined;
    if (meant === undefined) return undefined;
    const account = meant.place?.account ?? ownAccount;
    return (this.#byName.get(meant.table) ?? []).filter(({ spec }) => {
      const own = spec.account ?? ownAccount;
      return own === undefined || account === undefined || own === account;
    });
  }

  /** Returns the table that `reference` names in a request executed at `place`; `undefined` if that is not certain. */
  at(reference: unknown, place: RequestPlace): ConfiguredTable | undefined {
    if (typeof reference !== 'string') return undefined;
    const named = this.named(reference);
    if (named !== undefined) return named;
    const meant = tableReference(reference);
    if (meant === undefined || !isAt(meant, place)) return undefined;
    // A name without an ARN is that of a table of the function's account, which it reads without a role.
    return this.#byName
      .get(meant.table)
      ?.find(
        ({ spec, region }) =>
          spec.role === undefined &&
          region === place.region &&
          (spec.account ?? place.account) === place.account,
      );
  }

  /** Returns the table that is configured with exactly this ARN, or with a role in its account. */
  named(arn: string): ConfiguredTable | undefined {
    return this.#byArn.get(arn);
  }
}

const isAt = ({ place: own, isPart }: TableReference, place: RequestPlace): boolean =>
  !isPart && (own === undefined || (own.region === place.region && own.account === place.account));

/** A parsed table reference of a request. */
export interface TableReference {
  readonly table: string;
  /** Region and account of the ARN; absent if the reference is a name. */
  readonly place?: { readonly region: string; readonly account: string };
  /** Whether the ARN names a part of the table, such as an index. */
  readonly isPart: boolean;
}

const NAME = /^[\w.-]{1,255}$/;
const ARN = /^arn:[^:/]+:dynamodb:([^:/]+):(\d+):table\/([\w.-]{1,255})(\/.*)?$/;

/** Parses a table name or an ARN; returns `undefined` for other texts. */
export const tableReference = (text: string): TableReference | undefined => {
  if (NAME.test(text)) return { table: text, isPart: false };
  const found = ARN.exec(text);
  if (found === null) return undefined;
  const [, region = '', account = '', table = '', rest] = found;
  return { table, place: { region, account }, isPart: rest !== undefined };
};

/**
 * Whether `value`, the `Key` of a request, has exactly the attributes of the schema, each with exactly its type, and binary
 * in standard base64.
 */
const isExactKey = ({ hashKey, sortKey }: KeySchema, value: unknown): value is AttributeMap => {
  const attributes = sortKey === undefined ? [hashKey] : [hashKey, sortKey];
  return (
    isKeyMap(value) &&
    Object.keys(value).length === attributes.length &&
    attributes.every((attribute) => isExact(value, attribute))
  );
};

/** Whether `value` has the shape of a key of any table: attributes of type S, N or B. */
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

/** DynamoDB's format: the standard alphabet with padding. Unused bits must be zero, so that equal values have equal texts. */
const isStandardBase64 = (text: string): boolean => {
  const canonical = canonicalBase64(text);
  return canonical !== undefined && paddedBase64(canonical) === text;
};
