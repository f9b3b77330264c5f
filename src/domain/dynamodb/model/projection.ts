import { jsonStringEquals } from '../../json/json-scanner.ts';
import type { TableSpec } from './table-spec.ts';

/** The projection members of a DynamoDB request; empty if whole items are read. */
export interface Projected {
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

/** The attributes to read. The key attributes are always read, because they identify the item in an answer. */
export class Projection {
  readonly request: Projected;
  /** Names of the key attributes that are read but not stored. */
  readonly surplus: ReadonlySet<string>;

  constructor({ fields, hashKey, sortKey }: TableSpec) {
    const keyNames = sortKey === undefined ? [hashKey.name] : [hashKey.name, sortKey.name];
    if (fields === undefined) {
      this.request = {};
      this.surplus = new Set();
      return;
    }
    // Every name gets an alias, because DynamoDB rejects reserved words and interprets dots as paths.
    const names = [...new Set([...fields, ...keyNames])];
    const aliases = names.map((name, index) => [`#${index}`, name] as const);
    this.request = {
      ProjectionExpression: aliases.map(([alias]) => alias).join(','),
      ExpressionAttributeNames: Object.fromEntries(aliases),
    };
    this.surplus = new Set(keyNames.filter((name) => !fields.includes(name)));
  }
}

/** Bytes of the longest JSON escape of one UTF-16 unit. */
const ESCAPE_BYTES = 6;

/** A set of member names that compares JSON bytes without decoding them. */
export class NameSet {
  readonly #names: readonly string[];
  readonly #longest: number;

  constructor(names: Iterable<string>) {
    this.#names = [...new Set(names)];
    this.#longest = Math.max(0, ...this.#names.map(({ length }) => length)) * ESCAPE_BYTES;
  }

  /** Whether the JSON string from `start` to `end`, quotes included, is one of the names. */
  has(json: Uint8Array, start: number, end: number): boolean {
    if (end - start - 2 > this.#longest) return false;
    for (const name of this.#names) if (jsonStringEquals(json, start + 1, end - 1, name)) return true;
    return false;
  }
}

/** The effect of `fields` on SDKs that use the endpoint, and the remedy. Follows a clause with the SDK as subject. */
export const FIELDS_AT_ENDPOINT =
  'its reads of whole items are forwarded and never cached, because fields is set; leave fields out of cache.yaml, or name the attributes in ProjectionExpression';

/** The names of the tables with `fields`, of which only some attributes are cached. */
export const tablesWithFields = (tables: readonly TableSpec[]): readonly string[] =>
  tables.filter(({ fields }) => fields !== undefined).map(({ name }) => name);
