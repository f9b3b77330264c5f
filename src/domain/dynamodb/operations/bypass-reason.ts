import { isObject, type JsonObject } from '../json/wire-json.ts';
import type { ConfiguredTable, ConfiguredTables, RequestPlace } from '../model/configured-tables.ts';
import { capacityReport, isRelaxed, keeps } from './get-item.ts';
import { projectedNames } from './projected-names.ts';

/** Why an operation was forwarded although nobody looked for it in the cache. Part of the public interface: `/metrics`, `/health`. */
export type ForwardReason =
  /** The table has `fields`, and the read wants other attributes, or all of them. */
  | 'attributes_not_cached'
  /** Under SnapStart nothing is cached before the first invocation. */
  | 'before_first_invocation'
  /** The query asks for `ReturnConsumedCapacity`. */
  | 'capacity_report'
  /** The read of the cache failed: DynamoDB was out of reach, refused, or had no free slot. */
  | 'cache_read_failed'
  /** The projection is more than a list of top-level attributes. */
  | 'complex_projection'
  | 'consistent_read'
  | 'content_type'
  /** A query of a table without `queryTtl`. */
  | 'no_query_ttl'
  /** DynamoDB may refuse the request, or a member is unknown here. */
  | 'not_plain'
  | 'observe_mode'
  | 'other_operation'
  | 'too_large'
  | 'unknown_table'
  | 'write';

/** Why the cache may not answer a `GetItem` of which there is no `GetItemRequest`. */
export const itemBypassReason = (
  request: JsonObject,
  tables: ConfiguredTables,
  place: RequestPlace,
): ForwardReason => {
  const { TableName: tableName, Key: key } = request;
  if (typeof tableName !== 'string') return 'not_plain';
  return readBypassReason(tableName, request, [key], tables, place) ?? 'not_plain';
};

/**
 * Why the cache may answer no part of a `BatchGetItem` of which there is no `BatchGetRequest`. If it might have answered a part,
 * the reason lies in the request as a whole.
 */
export const batchBypassReason = (
  { RequestItems: items }: JsonObject,
  tables: ConfiguredTables,
  place: RequestPlace,
): ForwardReason => {
  const parts = isObject(items) ? Object.entries(items) : [];
  const reasons = parts.map(([tableName, part]) => partBypassReason(tableName, part, tables, place));
  const [first = 'not_plain'] = reasons;
  return reasons.every((reason) => reason !== undefined && reason !== 'not_plain') ? first : 'not_plain';
};

/** Why the cache may not answer what a `BatchGetItem` asks of one table; `undefined` if it may. */
export const partBypassReason = (
  tableName: string,
  part: unknown,
  tables: ConfiguredTables,
  place: RequestPlace,
): ForwardReason | undefined =>
  isObject(part) && Array.isArray(part.Keys)
    ? readBypassReason(tableName, part, part.Keys, tables, place)
    : 'not_plain';

/** Why the answer to a `Query` is not cached. */
export const queryBypassReason = (
  request: JsonObject | undefined,
  tables: ConfiguredTables,
  place: RequestPlace,
): ForwardReason => {
  if (request === undefined) return 'not_plain';
  const consistency = consistencyReason(request);
  if (consistency !== undefined) return consistency;
  const table = tables.at(request.TableName, place);
  if (table === undefined) return 'unknown_table';
  if (table.spec.isObserved === true) return 'observe_mode';
  if ((table.spec.queryTtlMs ?? 0) === 0) return 'no_query_ttl';
  return capacityReport(request) === undefined ? 'not_plain' : 'capacity_report';
};

const readBypassReason = (
  tableName: string,
  request: JsonObject,
  keys: readonly unknown[],
  tables: ConfiguredTables,
  place: RequestPlace,
): ForwardReason | undefined => {
  const consistency = consistencyReason(request);
  if (consistency !== undefined) return consistency;
  const table = tables.at(tableName, place);
  if (table === undefined) return 'unknown_table';
  if (!keys.every((key) => table.exactKey(key) !== undefined)) return 'not_plain';
  const wanted = projectedNames(request);
  if (wanted === undefined) return 'complex_projection';
  return keeps(table.spec, wanted) ? undefined : 'attributes_not_cached';
};

const consistencyReason = (request: JsonObject): ForwardReason | undefined => {
  if (isRelaxed(request)) return undefined;
  return request.ConsistentRead === true ? 'consistent_read' : 'not_plain';
};

/** The longest answer of DynamoDB that is read whole, in bytes: DynamoDB returns at most 16 MB of items. Longer ones can only be streamed. */
export const MAX_ANSWER_BYTES = 17 * 1024 * 1024;

/** The table of a `Query` whose answer may be remembered; `undefined` if it may not. */
export const queriedTable = (
  request: JsonObject,
  tables: ConfiguredTables,
  place: RequestPlace,
): ConfiguredTable | undefined => {
  if (!isRelaxed(request) || capacityReport(request) !== 'NONE') return undefined;
  const table = tables.at(request.TableName, place);
  return (table?.spec.queryTtlMs ?? 0) > 0 && table?.spec.isObserved !== true ? table : undefined;
};
