import type { EntryKey } from '../cache/cache-entry.ts';
import type { JsonObject } from '../json/json-object.ts';
import type { ValueBatch } from './key-batch.ts';

/** A response that the cache composes. */
export interface ComposedResponse {
  readonly status: 200 | 400;
  readonly body: Uint8Array;
}

/** A request that the cache may answer. */
export interface CacheableRead {
  /** Different keys, at least one. */
  readonly keys: readonly EntryKey[];
  /**
   * Composes the response. Returns undefined if only AWS can give it.
   *
   * @param bodies bodies of type `AWS_JSON` in the order of the keys; undefined for a value that does not exist
   */
  readonly compose: (bodies: readonly (Uint8Array | undefined)[]) => ComposedResponse | undefined;
  /** For an operation that reads several values: sorts the response of AWS. @throws {UnreadableValueError} */
  readonly sort?: (
    response: Uint8Array,
    keys: readonly EntryKey[],
    contentTypes: readonly string[],
  ) => ValueBatch;
  /** Whether it reads a further page of a list, which AWS may refuse if the page before it is old. */
  readonly isContinuation?: boolean;
}

/**
 * Returns what a request reads; undefined if the cache cannot answer it, because it has an unknown member, for example.
 *
 * @param region the region that the request is signed for
 * @throws {CacheError} if it reads a value that the cache does not serve
 * @throws {UnreadableValueError} if a member is absent or of another type
 */
export type RequestReading = (input: JsonObject, region: string) => CacheableRead | undefined;

/** The operations of one service, as far as they concern the cache. All others are forwarded. */
export interface ValueOperations {
  /** The operations that the cache may answer, by name. */
  readonly reads: ReadonlyMap<string, RequestReading>;
  /** Whether an operation may change values. */
  readonly isWrite: (operation: string) => boolean;
}

/** The region of a group. */
export type RegionOfGroup = (group: string) => string | undefined;

/** Whether an operation changes nothing, by its name. */
export const isReadOperation = (operation: string): boolean => READ_OPERATION.test(operation);

const READ_OPERATION = /^(?:BatchGet|Describe|Get|List)/;

/** Whether an input has no members other than these. */
export const hasOnlyMembers = (input: JsonObject, names: readonly string[]): boolean =>
  Object.keys(input).every((name) => names.includes(name));

const encoder = new TextEncoder();

/** The response with this text; with status 400, the text of an error. */
export const composedResponse = (
  text: string,
  status: ComposedResponse['status'] = 200,
): ComposedResponse => ({
  status,
  body: encoder.encode(text),
});
