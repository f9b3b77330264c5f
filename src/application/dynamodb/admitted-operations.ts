import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { ConfiguredTables } from '../../domain/dynamodb/model/configured-tables.ts';
import type { ForwardReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import type { RequestOrigin } from '../../domain/dynamodb/operations/request-origin.ts';
import type { ReadRequest } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer, WireRequest } from '../../ports/inbound/wire-operations.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Caller } from '../../ports/outbound/caller-recogniser.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Cache } from '../create-cache.ts';

/** A caller with the function's own identity. */
export interface AdmittedCaller extends Caller {
  /** Where the operation is executed, and with which role; absent: in the region of the caller, without a role. */
  readonly origin?: RequestOrigin;
}

/** An operation of a caller with the function's own identity. */
export interface AdmittedRequest extends WireRequest {
  readonly caller: AdmittedCaller;
  /**
   * The members of a large body that name tables and keys; empty if they cannot be determined. Absent if the body is small
   * enough to be parsed.
   */
  readonly outline?: Uint8Array | undefined;
}

/** Executes operations of admitted callers; otherwise like `WireOperations`. */
export interface AdmittedOperations {
  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer>;
}

/** The parts of the cache that the endpoint uses. */
export interface EndpointParts {
  readonly cache: Pick<
    Cache,
    | 'reader'
    | 'forwardedReads'
    | 'writes'
    | 'sideLoad'
    | 'recentWrites'
    | 'gate'
    | 'invalidator'
    | 'observations'
    | 'coherence'
  > & {
    /** Counts operations that bypass the cache. */
    readonly forwards: { readonly count: (reason: ForwardReason) => void };
  };
  /** The store of the cache. */
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly tables: ConfiguredTables;
  /** Forwards an operation to DynamoDB unchanged. */
  readonly forward: AdmittedOperations;
}

/** How the endpoint reads the cache: items in DynamoDB's own JSON, of any freshness that the policy of the table allows. */
export const DYNAMODB_JSON: ReadRequest = { contentType: TYPED, freshness: { kind: 'any' } };

/** Answers when it is decided whether memory may answer for these groups, which a journal of writes may have to say. */
export const whenDecided = (
  { cache: { coherence } }: EndpointParts,
  groups: readonly string[],
  answer: () => WireAnswer | Promise<WireAnswer>,
): WireAnswer | Promise<WireAnswer> => {
  const waits = coherence === undefined ? [] : groups.flatMap((group) => coherence.wait(group) ?? []);
  return waits.length === 0 ? answer() : Promise.all(waits).then(answer);
};

/** Counts `reason` and forwards the operation unchanged. */
export const bypass = (
  { cache, forward }: EndpointParts,
  request: AdmittedRequest,
  reason: ForwardReason,
): WireAnswer | Promise<WireAnswer> => {
  cache.forwards.count(reason);
  return forward.execute(request);
};
