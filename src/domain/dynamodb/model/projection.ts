import type { TableSpec } from './table-spec.ts';

/** What of an item is asked for, in the words of a request; empty where it is all of it. */
export interface Projected {
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

/** Which attributes are asked for. The key attributes always are, because without them nobody knows what was answered. */
export class Projection {
  /** The part of a request that says so; empty where everything is asked for. */
  readonly request: Projected;
  /** Names of the key attributes that are asked for, but not kept. */
  readonly surplus: ReadonlySet<string>;

  constructor({ fields, hashKey, sortKey }: TableSpec) {
    const keyNames = sortKey === undefined ? [hashKey.name] : [hashKey.name, sortKey.name];
    if (fields === undefined) {
      this.request = {};
      this.surplus = new Set();
      return;
    }
    // An alias for every name: reserved words and dots would be read as something else.
    const names = [...new Set([...fields, ...keyNames])];
    const aliases = names.map((name, index) => [`#${index}`, name] as const);
    this.request = {
      ProjectionExpression: aliases.map(([alias]) => alias).join(','),
      ExpressionAttributeNames: Object.fromEntries(aliases),
    };
    this.surplus = new Set(keyNames.filter((name) => !fields.includes(name)));
  }
}
