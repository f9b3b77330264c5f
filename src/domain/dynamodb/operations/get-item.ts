import type { EntryKey } from '../../cache/cache-entry.ts';
import { hasOnly, isObject, type JsonObject } from '../../json/json-object.ts';
import { membersOf } from '../../json/json-scanner.ts';
import type { ConfiguredTable, RequestReader } from '../model/configured-tables.ts';
import { isReservedWord } from '../model/reserved-words.ts';
import type { TableSpec } from '../model/table-spec.ts';

/** The value of `ReturnConsumedCapacity`. */
export type CapacityReport = 'NONE' | 'TOTAL' | 'INDEXES';

/** A `GetItem` that the cache may answer. */
export interface ParsedGetItem {
  readonly table: ConfiguredTable;
  /** The table as the request names it. */
  readonly tableName: string;
  readonly key: EntryKey;
  readonly wanted: Wanted;
  readonly capacity: CapacityReport;
}

const MEMBERS: ReadonlySet<string> = new Set([
  'AttributesToGet',
  'ConsistentRead',
  'ExpressionAttributeNames',
  'Key',
  'ProjectionExpression',
  'ReturnConsumedCapacity',
  'TableName',
]);

/**
 * Parses a `GetItem`. Returns `undefined` if the cache may not answer it: a consistent read, a table that is not configured,
 * attributes that are not cached, or a request that DynamoDB might reject.
 */
export const getItemRequest: RequestReader<ParsedGetItem | undefined> = (request, tables, place) => {
  const { TableName: tableName } = request;
  if (typeof tableName !== 'string' || !hasOnly(request, MEMBERS) || !isRelaxed(request)) return undefined;
  const table = tables.at(tableName, place);
  const key = table?.exactKey(request.Key);
  const wanted = projectedNames(request);
  const capacity = capacityReport(request);
  if (table === undefined || key === undefined || wanted === undefined || capacity === undefined)
    return undefined;
  return keeps(table.spec, wanted) ? { table, tableName, key, wanted, capacity } : undefined;
};

/** Whether the stored attributes of a table include all requested attributes. */
export const keeps = ({ fields }: TableSpec, wanted: Wanted): boolean =>
  fields === undefined || (wanted !== 'everything' && wanted.every((name) => fields.includes(name)));

/** Whether a request accepts an eventually consistent answer. */
export const isRelaxed = ({ ConsistentRead: consistent }: JsonObject): boolean =>
  consistent === undefined || consistent === false;

/** Returns the `ReturnConsumedCapacity` of a request; `undefined` if it is invalid. */
export const capacityReport = ({
  ReturnConsumedCapacity: report,
}: JsonObject): CapacityReport | undefined => {
  if (report === undefined) return 'NONE';
  return report === 'NONE' || report === 'TOTAL' || report === 'INDEXES' ? report : undefined;
};

const MEMBER = new TextEncoder().encode('"ConsistentRead"');
const FIRST_LETTER = 0x43;
const SPACE = 0x20;
const COLON = 0x3a;
const FIRST_OF_TRUE = 0x74;

/**
 * Whether a request body contains `"ConsistentRead":true` in its usual spelling. A fast check of the bytes; parsing the
 * request detects other spellings and invalid requests.
 */
export const demandsConsistency = (body: Uint8Array): boolean => {
  for (let at = body.indexOf(FIRST_LETTER); at !== -1; at = body.indexOf(FIRST_LETTER, at + 1)) {
    if (isMember(body, at - 1)) return isTrue(body, at - 1 + MEMBER.length);
  }
  return false;
};

const isMember = (body: Uint8Array, start: number): boolean => {
  for (let index = 0; index < MEMBER.length; index += 1) {
    if (body[start + index] !== MEMBER[index]) return false;
  }
  return true;
};

const isTrue = (body: Uint8Array, nameEnd: number): boolean => {
  if (body[nameEnd] !== COLON) return false;
  return body[body[nameEnd + 1] === SPACE ? nameEnd + 2 : nameEnd + 1] === FIRST_OF_TRUE;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = encoder.encode('{}');
const PREFIX = encoder.encode('{"Item":');
const CLOSING = 0x7d;

/**
 * Makes the answer to a `GetItem` from the cache, with zero consumed capacity.
 *
 * @param typed the stored item in typed JSON; absent if the item does not exist
 */
export const getItemResponse = (question: ParsedGetItem, typed?: Uint8Array): Uint8Array => {
  const { capacity, wanted, tableName } = question;
  if (capacity !== 'NONE') return composedAnswer(wanted, textOf(typed), noCapacity(tableName, capacity));
  if (typed === undefined) return NOTHING;
  return wanted === 'everything' ? wrapped(typed) : composedAnswer(wanted, textOf(typed));
};

/**
 * Makes the answer to a `GetItem` from JSON texts.
 *
 * @param json the stored item in typed JSON; absent if the item does not exist
 * @param consumed the JSON of the consumed capacity; absent if it was not requested
 */
export const composedAnswer = (wanted: Wanted, json?: string, consumed?: string): Uint8Array => {
  const members = [
    ...(json === undefined ? [] : [`"Item":${projectedItem(json, wanted)}`]),
    ...(consumed === undefined ? [] : [`"ConsumedCapacity":${consumed}`]),
  ];
  return encoder.encode(`{${members.join(',')}}`);
};

/** Reduces an item's JSON to the requested attributes, in the order of the request. Values stay unchanged. */
export const projectedItem = (json: string, wanted: Wanted): string => {
  if (wanted === 'everything') return json;
  const members = new Map(membersOf(json, 0).map(({ name, start, end }) => [name, json.slice(start, end)]));
  return `{${wanted.flatMap((name) => members.get(name) ?? []).join(',')}}`;
};

/**
 * The JSON of DynamoDB's capacity report for a table from which nothing was read.
 *
 * @param tableName the table as the request names it: the report names it in the same way, also by ARN (API reference,
 *   `ConsumedCapacity`)
 */
export const noCapacity = (tableName: string, report: CapacityReport): string => {
  const none = { CapacityUnits: 0 };
  return JSON.stringify({
    ...none,
    TableName: tableName,
    ...(report === 'INDEXES' ? { Table: none } : {}),
  });
};

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes);

/** Makes the most frequent answer without parsing the item. */
const wrapped = (typed: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(PREFIX.length + typed.length + 1);
  bytes.set(PREFIX);
  bytes.set(typed, PREFIX.length);
  bytes[bytes.length - 1] = CLOSING;
  return bytes;
};

/** Larger requests are forwarded. DynamoDB's own limits are higher. */
const MAX_NAMES = 100;
const MAX_EXPRESSION_LENGTH = 4_096;
/** DynamoDB rejects aliases of more than 255 characters. */
const ALIAS = /^#\w{1,254}$/;
/** A name that needs no alias in an expression, unless it is a reserved word. */
const BARE_NAME = /^[A-Za-z]\w*$/;
/** The white space that DynamoDB accepts between names. */
const OUTER_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** What a request reads of an item: everything, or attributes by name, in the order of the request. */
export type Wanted = 'everything' | readonly string[];

/**
 * Returns the top-level attributes that a request reads. Returns `undefined` for other projections and for all that
 * DynamoDB might reject: nested paths, reserved words, repeated names, unused or undefined aliases.
 */
export const projectedNames = (request: JsonObject): Wanted | undefined => {
  const {
    AttributesToGet: attributes,
    ProjectionExpression: expression,
    ExpressionAttributeNames: aliases,
  } = request;
  if (expression === undefined) {
    if (aliases !== undefined) return undefined;
    return attributes === undefined ? 'everything' : listedNames(attributes);
  }
  if (attributes !== undefined || typeof expression !== 'string') return undefined;
  return namesIn(expression, aliases ?? {}, aliases !== undefined);
};

const listedNames = (attributes: unknown): Wanted | undefined =>
  Array.isArray(attributes) && attributes.every(isName) ? distinct(attributes) : undefined;

const namesIn = (expression: string, aliases: unknown, areAliasesGiven: boolean): Wanted | undefined => {
  if (expression.length > MAX_EXPRESSION_LENGTH || !isObject(aliases)) return undefined;
  const defined = Object.entries(aliases);
  if (areAliasesGiven && defined.length === 0) return undefined;
  const terms = expression.split(',').map((term) => term.replaceAll(OUTER_SPACE, ''));
  const used = new Set(terms);
  if (!defined.every(([alias]) => ALIAS.test(alias) && used.has(alias))) return undefined;
  const names = terms.map((term) => {
    if (ALIAS.test(term)) return Object.hasOwn(aliases, term) ? aliases[term] : undefined;
    return BARE_NAME.test(term) && !isReservedWord(term) ? term : undefined;
  });
  return names.every(isName) ? distinct(names) : undefined;
};

/** Only names of attributes that are not keys may be longer in DynamoDB. They are rare, so requests for them are forwarded. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 255;

const distinct = (names: readonly string[]): readonly string[] | undefined =>
  names.length > 0 && names.length <= MAX_NAMES && new Set(names).size === names.length ? names : undefined;
