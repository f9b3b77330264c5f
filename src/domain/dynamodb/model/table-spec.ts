import type { Coherence } from '../../cache/coherence.ts';
import type { CacheGroup, Lifetimes } from '../../cache/ttl-policy.ts';
import type { TableIdentity } from './table-identity.ts';

/** DynamoDB's types of key attributes: string, number, binary. */
export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The primary key of a table. Without a sort key, the hash value alone identifies an item. */
export interface KeySchema {
  readonly hashKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
}

/** The configuration of one table. */
export interface TableSpec extends KeySchema, TableIdentity {
  /** The unique name that requests use, and the group of the entry keys. Several specs may share one `table`. */
  readonly name: string;
  /** The attributes to store; if absent, all. */
  readonly fields?: readonly string[];
  /** Whether every read of the table is strongly consistent. */
  readonly consistentRead: boolean;
  /** Whether the DynamoDB endpoint only counts the hits that it would serve (`mode: observe`). */
  readonly isObserved?: boolean;
  /** How long the DynamoDB endpoint caches the answer to a query, in milliseconds; if absent, it caches none. */
  readonly queryTtlMs?: number;
  readonly lifetimes: Lifetimes;
  /** When writes of other environments are seen; if absent, when the lifetime ends (`ttl`). */
  readonly coherence?: Coherence;
  readonly preload: CacheGroup['preload'];
}
