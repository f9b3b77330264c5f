import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { ConfiguredTables } from '../../domain/dynamodb/model/configured-tables.ts';
import type { ForwardReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import type { ReadRequest } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer, WireRequest } from '../../ports/inbound/wire-operations.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Caller } from '../../ports/outbound/caller-recogniser.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Cache } from '../create-cache.ts';

/** An operation of a caller whose identity is ours. */
export interface AdmittedRequest extends WireRequest {
  readonly caller: Caller;
  /**
   * Of a body that is too large to be parsed, what names tables and keys; empty if that cannot be told. Absent if the body
   * can be parsed.
   */
  readonly outline?: Uint8Array;
}

/** Does operations of callers that have been recognised; otherwise like `WireOperations`. */
export interface AdmittedOperations {
  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer>;
}

/** What the operations of the endpoint are carried out with. */
export interface EndpointParts {
  readonly cache: Pick<
    Cache,
    'reader' | 'writes' | 'sideLoad' | 'recentWrites' | 'gate' | 'invalidator' | 'observations'
  > & {
    /** Counts what is forwarded without a look into the cache. */
    readonly forwards: { readonly count: (reason: ForwardReason) => void };
  };
  /** The store of the cache. */
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly tables: ConfiguredTables;
  /** Has DynamoDB do an operation as it is. */
  readonly forward: AdmittedOperations;
}

/** What the endpoint asks of memory: the item as DynamoDB wrote it, as fresh or as stale as the policy of its table allows. */
export const DYNAMODB_JSON: ReadRequest = { contentType: TYPED, freshness: { kind: 'any' } };
