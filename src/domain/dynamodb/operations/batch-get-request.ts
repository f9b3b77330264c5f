import type { EntryKey } from '../../cache/cache-entry.ts';
import { hasOnly, isObject, type JsonObject } from '../../json/json-object.ts';
import type { AttributeMap } from '../json/dynamodb-json.ts';
import {
  type ConfiguredTable,
  type ConfiguredTables,
  isKeyMap,
  type RequestPlace,
  type RequestReader,
} from '../model/configured-tables.ts';
import {
  type CapacityReport,
  capacityReport,
  isRelaxed,
  keeps,
  projectedNames,
  type Wanted,
} from './get-item.ts';

/** The part of a batch that reads one table. */
export interface BatchPart {
  readonly tableName: string;
  /** The part, unchanged. */
  readonly request: JsonObject;
  readonly keys: readonly AttributeMap[];
  /** What the cache may answer; absent if the part must be forwarded. */
  readonly question?: PartQuestion;
}

/** A part that the cache may answer. The keys are distinct and in the order of the request. */
export interface PartQuestion {
  readonly table: ConfiguredTable;
  readonly keys: readonly EntryKey[];
  readonly wanted: Wanted;
}

/** A `BatchGetItem` of which the cache may answer at least one part. */
export interface ParsedBatchGet {
  readonly parts: readonly BatchPart[];
  readonly capacity: CapacityReport;
}

const MAX_KEYS = 100;
const MEMBERS: ReadonlySet<string> = new Set(['RequestItems', 'ReturnConsumedCapacity']);
const PART_MEMBERS: ReadonlySet<string> = new Set([
  'AttributesToGet',
  'ConsistentRead',
  'ExpressionAttributeNames',
  'Keys',
  'ProjectionExpression',
]);
const TABLE_NAME = /^[\w.-]+$/;

/**
 * Parses a `BatchGetItem`; returns `undefined` if DynamoDB might reject it, or if the cache may answer no part of it.
 * Removing the cached keys from the request does not hide an error that DynamoDB would report.
 */
export const batchGetRequest: RequestReader<ParsedBatchGet | undefined> = (request, tables, place) => {
  const { RequestItems: items } = request;
  const capacity = capacityReport(request);
  if (capacity === undefined || !hasOnly(request, MEMBERS) || !isObject(items)) return undefined;
  const parts = Object.entries(items).map(([tableName, part]) => batchPart(tableName, part, tables, place));
  if (!parts.every((part) => part !== undefined)) return undefined;
  if (mixesParameters(parts) || namesTableTwice(Object.keys(items), tables, place)) return undefined;
  const keyCount = parts.reduce((sum, { keys }) => sum + keys.length, 0);
  if (keyCount > MAX_KEYS || !parts.some(({ question }) => question !== undefined)) return undefined;
  return { parts, capacity };
};

/**
 * Whether a request has both legacy parameters and expressions, which DynamoDB rejects for the whole request. The projection
 * that the remainder of a table with `fields` gets counts as an expression, too.
 */
const mixesParameters = (parts: readonly BatchPart[]): boolean => {
  const isLegacy = ({ request }: BatchPart): boolean => Object.hasOwn(request, 'AttributesToGet');
  const hasExpression = ({ request }: BatchPart): boolean =>
    Object.hasOwn(request, 'ProjectionExpression') || Object.hasOwn(request, 'ExpressionAttributeNames');
  if (!parts.some(isLegacy)) return false;
  return (
    parts.some(hasExpression) ||
    (parts.some((part) => part.question?.table.spec.fields !== undefined) &&
      parts.some((part) => part.question === undefined && isLegacy(part)))
  );
};

/** Whether one table occurs by its ARN and by its name. DynamoDB decides whether that is an error. */
const namesTableTwice = (
  names: readonly string[],
  tables: ConfiguredTables,
  place: RequestPlace,
): boolean => {
  const places = names.flatMap((name) => {
    const found = tables.at(name, place);
    if (found === undefined) return [];
    const { account = place.account, table } = found.spec;
    return [JSON.stringify([account, found.region, table])];
  });
  return new Set(places).size < places.length;
};

/** Returns `undefined` if the part may contain an error, or if removing keys might hide one. */
const batchPart = (
  tableName: string,
  request: unknown,
  tables: ConfiguredTables,
  place: RequestPlace,
): BatchPart | undefined => {
  // An ARN that is not configured could name a table a second time; DynamoDB decides whether that is an error.
  if (!TABLE_NAME.test(tableName) && tables.named(tableName) === undefined) return undefined;
  if (!isObject(request) || !hasOnly(request, PART_MEMBERS)) return undefined;
  const { Keys: keys, ConsistentRead: consistent } = request;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isKeyMap)) return undefined;
  if (consistent !== undefined && typeof consistent !== 'boolean') return undefined;
  const part = { tableName, request, keys };
  const table = tables.at(tableName, place);
  if (table === undefined) return part;
  const entryKeys = keys.map((key) => table.exactKey(key));
  if (!entryKeys.every((key) => key !== undefined)) return undefined;
  if (new Set(entryKeys.map(({ text }) => text)).size < entryKeys.length) return undefined;
  const wanted = projectedNames(request);
  if (wanted === undefined || !isRelaxed(request) || !keeps(table.spec, wanted)) return part;
  return { ...part, question: { table, keys: entryKeys, wanted } };
};

const encoder = new TextEncoder();

/** What DynamoDB must answer of one part: the keys at the indexes in `missing`, in the order of the request. */
export interface Remainder {
  readonly part: BatchPart;
  readonly missing: readonly number[];
  /** Whether the read must be strongly consistent. */
  readonly isConsistent: boolean;
}

/**
 * Makes the body of a `BatchGetItem` for the items that are not cached. Parts that the cache may answer read all attributes
 * that the cache stores, so that the items can be stored; other parts stay unchanged.
 */
export const remainderRequest = (
  { capacity }: ParsedBatchGet,
  remainders: readonly Remainder[],
): Uint8Array => {
  const items = remainders.flatMap(({ part, missing, isConsistent }) => {
    const { tableName, request, keys, question } = part;
    if (question === undefined) return [[tableName, request] as const];
    if (missing.length === 0) return [];
    const rest = {
      Keys: keys.filter((_, index) => missing.includes(index)),
      ...(isConsistent ? { ConsistentRead: true } : {}),
      ...question.table.projection.request,
    };
    return [[tableName, rest] as const];
  });
  return requestFor(capacity, items);
};

/** Whether DynamoDB's answer to the remainder is the complete answer for this part. */
export const asksForAll = ({ part: { question, keys }, missing }: Remainder): boolean =>
  question === undefined || (missing.length === keys.length && question.wanted === 'everything');

/** Makes the body of a `BatchGetItem` for the whole unchanged request, consistent where the remainder is. */
export const unprojectedRequest = (
  { capacity }: ParsedBatchGet,
  remainders: readonly Remainder[],
): Uint8Array =>
  requestFor(
    capacity,
    remainders.map(({ part: { tableName, request }, isConsistent }) => [
      tableName,
      isConsistent ? { ...request, ConsistentRead: true } : request,
    ]),
  );

const requestFor = (
  capacity: CapacityReport,
  items: readonly (readonly [tableName: string, request: object])[],
): Uint8Array =>
  encoder.encode(
    JSON.stringify({
      RequestItems: Object.fromEntries(items),
      ...(capacity === 'NONE' ? {} : { ReturnConsumedCapacity: capacity }),
    }),
  );
