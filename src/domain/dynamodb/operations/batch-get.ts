import { joined } from '../../cache/body-collector.ts';
import type { EntryKey } from '../../cache/cache-entry.ts';
import { hasOnly, isObject, type JsonObject } from '../../json/json-object.ts';
import type { AttributeMap } from '../json/dynamodb-json.ts';
import { elementsIn, membersIn, rawMembers, type RawTable } from '../json/raw-answer.ts';
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
  noCapacity,
  projectedItem,
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

const encoder = new TextEncoder();
const decoder = new TextDecoder();

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

/** Whether the remainder reads attributes that the client does not request. */
export const asksForMore = ({ part: { question }, missing }: Remainder): boolean =>
  question !== undefined && missing.length > 0 && question.wanted !== 'everything';

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

/** DynamoDB's answer to a batch. */
export interface ReadAnswer {
  readonly bytes: Uint8Array;
  readonly tables: ReadonlyMap<string, RawTable>;
}

const COMMA = encoder.encode(',');
const CLOSE_ARRAY = encoder.encode(']');

/**
 * Merges cached items and DynamoDB's answer into the answer to a whole batch. Yields after each item.
 *
 * @param cached the cached items in typed JSON, by table name
 * @param answer DynamoDB's answer to the rest; absent if DynamoDB was not asked
 * @throws {SourceUnavailableError} if DynamoDB's answer is invalid
 */
export function* mergedAnswer(
  question: ParsedBatchGet,
  cached: ReadonlyMap<string, readonly Uint8Array[]>,
  answer?: ReadAnswer,
): Generator<undefined, Uint8Array> {
  const others = new Map(answer === undefined ? [] : rawMembers(answer.bytes));
  const unprocessed = unprocessedOf(question, answer, others.get('UnprocessedKeys'));
  const consumed = consumedOf(question, others.get('ConsumedCapacity'));
  for (const name of ['Responses', 'UnprocessedKeys', 'ConsumedCapacity']) others.delete(name);
  const rest = objectOf([
    ['UnprocessedKeys', unprocessed],
    ...(consumed === undefined ? [] : [['ConsumedCapacity', consumed] as const]),
    ...others,
  ]);
  const pieces: Uint8Array[] = [encoder.encode('{"Responses":{')];
  for (const piece of responsesOf(question, cached, answer)) {
    pieces.push(piece);
    yield;
  }
  pieces.push(encoder.encode(`},${rest.slice(1)}`));
  return joined(pieces);
}

function* responsesOf(
  { parts }: ParsedBatchGet,
  cached: ReadonlyMap<string, readonly Uint8Array[]>,
  answer: ReadAnswer | undefined,
): Generator<Uint8Array> {
  for (const [index, { tableName, question }] of parts.entries()) {
    const { wanted } = question ?? { wanted: 'everything' as const };
    yield encoder.encode(`${index === 0 ? '' : ','}${JSON.stringify(tableName)}:[`);
    let isFirst = true;
    for (const item of [...(cached.get(tableName) ?? []), ...(answer?.tables.get(tableName)?.items ?? [])]) {
      if (!isFirst) yield COMMA;
      isFirst = false;
      if (item instanceof Uint8Array && wanted === 'everything') yield item;
      else {
        const json = item instanceof Uint8Array ? decoder.decode(item) : item.json;
        yield encoder.encode(projectedItem(json, wanted));
      }
    }
    yield CLOSE_ARRAY;
  }
}

/** The unprocessed keys, with the client's own request members for each table. */
const unprocessedOf = (
  { parts }: ParsedBatchGet,
  answer: ReadAnswer | undefined,
  written: string | undefined,
): string => {
  if (answer === undefined || written === undefined) return '{}';
  const asWritten = membersIn(written);
  return objectOf(
    [...asWritten].map(([tableName, json]) => {
      const part = parts.find((each) => each.tableName === tableName && each.question !== undefined);
      if (part === undefined) return [tableName, json];
      const keys = answer.tables.get(tableName)?.unprocessed.map((key) => key.json) ?? [];
      return [tableName, objectOf([['Keys', `[${keys.join(',')}]`], ...otherMembers(part)])];
    }),
  );
};

const otherMembers = ({ request }: BatchPart): readonly (readonly [string, string])[] =>
  Object.entries(request)
    .filter(([name]) => name !== 'Keys')
    .map(([name, value]) => [name, JSON.stringify(value)]);

const consumedOf = ({ parts, capacity }: ParsedBatchGet, written: string | undefined): string | undefined => {
  if (capacity === 'NONE') return written;
  const reports = written === undefined ? [] : elementsIn(written);
  const reported = new Set(reports.map((report) => membersIn(report).get('TableName')));
  const silent = parts.filter(({ tableName }) => !reported.has(JSON.stringify(tableName)));
  return `[${[...reports, ...silent.map(({ tableName }) => noCapacity(tableName, capacity))].join(',')}]`;
};

const objectOf = (members: readonly (readonly [name: string, json: string])[]): string =>
  `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
