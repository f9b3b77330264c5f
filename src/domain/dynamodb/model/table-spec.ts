import type { EntryKey } from '../../cache/cache-entry.ts';
import type { Lifetimes } from '../../cache/ttl-policy.ts';

/** DynamoDB's types of key attributes: string, number, binary. */
export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The primary key of a table; without a sort key the hash value alone names an item. */
export interface KeySchema {
  readonly hashKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
}

/** What the configuration says of one table. */
export interface TableSpec extends KeySchema {
  /** What requests call the table; the group of its entry keys. Unique, though `table` need not be. */
  readonly name: string;
  /** The name of the table in DynamoDB. */
  readonly table: string;
  /** Region of the table; absent where it is the function's. */
  readonly region?: string;
  /** The attributes to keep; absent where all are kept. */
  readonly fields?: readonly string[];
  /** Whether every read of the table is strongly consistent. */
  readonly consistentRead: boolean;
  /** Whether the endpoint of DynamoDB only observes what it would answer; absent where it answers. */
  readonly isObserved?: boolean;
  /** How long the answer to a query at the endpoint of DynamoDB is remembered; absent where it is not. */
  readonly queryTtlMs?: number;
  readonly lifetimes: Lifetimes;
  readonly preload: {
    readonly keys: readonly EntryKey[];
    readonly everything: boolean;
  };
}
