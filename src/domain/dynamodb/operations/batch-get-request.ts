import type { EntryKey } from '../../cache/cache-entry.ts';
import type { AttributeMap } from '../json/dynamodb-json.ts';
import { hasOnly, isObject, type JsonObject } from '../json/wire-json.ts';
import {
  type ConfiguredTable,
  type ConfiguredTables,
  isKeyMap,
  type RequestPlace,
} from '../model/configured-tables.ts';

import { type CapacityReport, capacityReport, isRelaxed, keeps } from './get-item.ts';
import { projectedNames, type Wanted } from './projected-names.ts';

/** What a batch asks of one table. */
export interface BatchPart {
  readonly tableName: string;
  /** The part as it was sent. */
  readonly request: JsonObject;
  readonly keys: readonly AttributeMap[];
  /** What memory may answer; absent where only DynamoDB may. */
  readonly question?: PartQuestion;
}

/** A part that memory may answer: keys in the order of asking, no two of them equal. */
export interface PartQuestion {
  readonly table: ConfiguredTable;
  readonly keys: readonly EntryKey[];
  readonly wanted: Wanted;
}

/** A `BatchGetItem` of which memory may answer a part. */
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
 * What a `BatchGetItem` asks for; `undefined` if it is not plainly well-formed or memory may answer no part of it.
 * Whoever gets a question may take keys out of it and be sure that nobody misses them.
 */
export const batchGetRequest = (
  request: JsonObject,
  tables: ConfiguredTables,
  place: RequestPlace,
): ParsedBatchGet | undefined => {
  const { RequestItems: items } = request;
  const capacity = capacityReport(request);
  if (capacity === undefined || !hasOnly(request, MEMBERS) || !isObject(items)) return undefined;
  const parts = Object.entries(items).map(([tableName, part]) => batchPart(tableName, part, tables, place));
  if (!parts.every((part) => part !== undefined)) return undefined;
  if (mixesParameters(parts)) return undefined;
  const keyCount = parts.reduce((sum, { keys }) => sum + keys.length, 0);
  if (keyCount > MAX_KEYS || !parts.some(({ question }) => question !== undefined)) return undefined;
  return { parts, capacity };
};

/**
 * Whether a request has both legacy parameters and expressions, which DynamoDB refuses for the request as a whole. This counts
 * the expression by which the rest of a table with `fields` is asked for, beside parts that are forwarded as they were sent.
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

/** `undefined` where a mistake may be, or may be hidden by leaving keys out. */
const batchPart = (
  tableName: string,
  request: unknown,
  tables: ConfiguredTables,
  place: RequestPlace,
): BatchPart | undefined => {
  // By ARN a table could be named a second time, and that is for DynamoDB to judge.
  if (!TABLE_NAME.test(tableName) || !isObject(request) || !hasOnly(request, PART_MEMBERS)) return undefined;
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

/** What DynamoDB is asked of one part: the keys at these places, in the order of asking. */
export interface Remainder {
  readonly part: BatchPart;
  readonly missing: readonly number[];
  /** Whether the answer must show every write before it. */
  readonly isConsistent: boolean;
}

/**
 * The body of a `BatchGetItem` for what memory does not have. Of what memory may answer everything is asked for that
 * is kept of its items, so that it need not be asked for again; other parts stay as they are.
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

/** Whether DynamoDB's answer to the remainder is the answer to the whole request. */
export const asksForAll = ({ part: { question, keys }, missing }: Remainder): boolean =>
  question === undefined ||
  (missing.length === keys.length &&
    question.wanted === 'everything' &&
    question.table.spec.fields === undefined);

/** The body of a `BatchGetItem` for the whole request as it was sent, consistent where the remainder is. */
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
