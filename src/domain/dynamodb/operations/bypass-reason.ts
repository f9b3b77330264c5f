import { isObject, type JsonObject } from '../../json/json-object.ts';
import type {
  ConfiguredTable,
  ConfiguredTables,
  RequestPlace,
  RequestReader,
} from '../model/configured-tables.ts';
import { capacityReport, isRelaxed, keeps, projectedNames } from './get-item.ts';

/** Why an operation was forwarded without a cache lookup. Part of the public interface: `/metrics`, `/health`. */
export type ForwardReason =
  /** The table has `fields`, and the request reads other attributes, or all of them. */
  | 'attributes_not_cached'
  /** Under SnapStart, the cache is empty before the first invocation. */
  | 'before_first_invocation'
  /** The query requests `ReturnConsumedCapacity`. */
  | 'capacity_report'
  /** The cache's own read failed: DynamoDB was unreachable or refused it, or a concurrency limit was reached. */
  | 'cache_read_failed'
  /** The projection is more than a list of top-level attributes. */
  | 'complex_projection'
  | 'consistent_read'
  | 'content_type'
  /** A query of a table without `queryTtl`. */
  | 'no_query_ttl'
  /** DynamoDB may reject the request, or the extension does not know one of its members. */
  | 'not_plain'
  | 'observe_mode'
  | 'other_operation'
  | 'too_large'
  | 'unknown_table'
  | 'write';

/** Why the cache may not answer a `GetItem` for which `getItemRequest` returned `undefined`. */
export const itemBypassReason: RequestReader<ForwardReason> = (request, tables, place) => {
  const { TableName: tableName, Key: key } = request;
  if (typeof tableName !== 'string') return 'not_plain';
  return readBypassReason(tableName, request, [key], tables, place) ?? 'not_plain';
};

/**
 * Why the cache may answer no part of a `BatchGetItem` for which `batchGetRequest` returned `undefined`. If it could answer
 * one part alone, the whole request is the reason: `not_plain`.
 */
export const batchBypassReason: RequestReader<ForwardReason> = ({ RequestItems: items }, tables, place) => {
  const parts = isObject(items) ? Object.entries(items) : [];
  const reasons = parts.map(([tableName, part]) => partBypassReason(tableName, part, tables, place));
  const [first = 'not_plain'] = reasons;
  return reasons.every((reason) => reason !== undefined && reason !== 'not_plain') ? first : 'not_plain';
};

/** Why the cache may not answer the part of a `BatchGetItem` for one table; `undefined` if it may. */
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

/** The table of a `Query` whose answer may be cached; `undefined` if it may not. */
export const queriedTable: RequestReader<ConfiguredTable | undefined> = (request, tables, place) => {
  if (!isRelaxed(request) || capacityReport(request) !== 'NONE') return undefined;
  const table = tables.at(request.TableName, place);
  if (table === undefined || table.spec.isObserved === true) return undefined;
  return (table.spec.queryTtlMs ?? 0) > 0 ? table : undefined;
};
