import type { EntryKey } from '../../cache/cache-entry.ts';
import { membersOf } from '../json/json-scanner.ts';
import { hasOnly, isObject, type JsonObject } from '../json/wire-json.ts';
import type { ConfiguredTable, ConfiguredTables, RequestPlace } from '../model/configured-tables.ts';
import { isReservedWord } from '../model/projection.ts';
import type { TableSpec } from '../model/table-spec.ts';

/** What a request wants to know of the capacity that it consumes. */
export type CapacityReport = 'NONE' | 'TOTAL' | 'INDEXES';

/** A `GetItem` that memory may answer. */
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

/** What a `GetItem` asks for; `undefined` if it asks for consistency, of no configured table, or anything else but plainly. */
export const getItemRequest = (
  request: JsonObject,
  tables: ConfiguredTables,
  place: RequestPlace,
): ParsedGetItem | undefined => {
  const { TableName: tableName } = request;
  if (typeof tableName !== 'string' || !hasOnly(request, MEMBERS) || !isRelaxed(request)) return undefined;
  const table = tables.at(tableName, place);
  const key = table?.exactKey(request.Key);
  const wanted = projectedNames(request);
  const capacity = capacityReport(request);
  if (table === undefined || key === undefined || wanted === undefined || capacity === undefined)
    return undefined;
  // How DynamoDB names a table in a report that was asked for by its ARN is for DynamoDB to say.
  if (capacity !== 'NONE' && tableName !== table.spec.table) return undefined;
  return keeps(table.spec, wanted) ? { table, tableName, key, wanted, capacity } : undefined;
};

/** Whether what is kept of the items of a table has everything that is wanted of them. */
export const keeps = ({ fields }: TableSpec, wanted: Wanted): boolean =>
  fields === undefined || (wanted !== 'everything' && wanted.every((name) => fields.includes(name)));

/** Whether a request is content with an eventually consistent answer. */
export const isRelaxed = ({ ConsistentRead: consistent }: JsonObject): boolean =>
  consistent === undefined || consistent === false;

/** What a request says of its capacity; `undefined` if that cannot be told. */
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
 * Whether a request says in the plainest way that it wants a consistent answer: by the bytes alone, which takes next to
 * nothing. What says so in another way, and what is no request, is seen when it is read.
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
 * The answer to a `GetItem` that consumed nothing.
 *
 * @param typed all that is kept of the item, in typed JSON; absent where there is none
 */
export const rememberedAnswer = (question: ParsedGetItem, typed?: Uint8Array): Uint8Array => {
  const { capacity, wanted, tableName } = question;
  if (capacity !== 'NONE') return composedAnswer(wanted, textOf(typed), noCapacity(tableName, capacity));
  if (typed === undefined) return NOTHING;
  return wanted === 'everything' ? wrapped(typed) : composedAnswer(wanted, textOf(typed));
};

/**
 * The answer to a `GetItem` put together from texts.
 *
 * @param json all that is kept of the item; absent where there is none
 * @param consumed the capacity as DynamoDB reported it; absent where it was not asked for
 */
export const composedAnswer = (wanted: Wanted, json?: string, consumed?: string): Uint8Array => {
  const members = [
    ...(json === undefined ? [] : [`"Item":${projectedItem(json, wanted)}`]),
    ...(consumed === undefined ? [] : [`"ConsumedCapacity":${consumed}`]),
  ];
  return encoder.encode(`{${members.join(',')}}`);
};

/** Of an item's JSON what is wanted, in the order of asking, every value as it is written. */
export const projectedItem = (json: string, wanted: Wanted): string => {
  if (wanted === 'everything') return json;
  const members = new Map(membersOf(json, 0).map(({ name, start, end }) => [name, json.slice(start, end)]));
  return `{${wanted.flatMap((name) => members.get(name) ?? []).join(',')}}`;
};

/** What DynamoDB would report of a table from which nothing was read. */
export const noCapacity = (tableName: string, report: CapacityReport): string => {
  const none = { CapacityUnits: 0 };
  return JSON.stringify({
    ...none,
    TableName: tableName,
    ...(report === 'INDEXES' ? { Table: none } : {}),
  });
};

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes);

/** The commonest of all answers, made without looking into it. */
const wrapped = (typed: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(PREFIX.length + typed.length + 1);
  bytes.set(PREFIX);
  bytes.set(typed, PREFIX.length);
  bytes[bytes.length - 1] = CLOSING;
  return bytes;
};

/** More than a request of good sense has; DynamoDB's own limits lie above. */
const MAX_NAMES = 100;
const MAX_EXPRESSION_LENGTH = 4_096;
const ALIAS = /^#\w+$/;
/** What may stand in an expression as it is, reserved words apart. */
const BARE_NAME = /^[A-Za-z]\w*$/;
/** All that DynamoDB takes for space between names. */
const OUTER_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** What a request asks of an item: everything, or attributes by their names, in the order of asking. */
export type Wanted = 'everything' | readonly string[];

/**
 * What a request asks for, if it asks for top-level attributes without any mistake. `undefined` for all else:
 * paths into attributes, reserved words, names that are given twice, not used or not defined.
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

/** Attribute names are longer in DynamoDB only where they are no key of anything; those are rare enough to be left to it. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 255;

const distinct = (names: readonly string[]): readonly string[] | undefined =>
  names.length > 0 && names.length <= MAX_NAMES && new Set(names).size === names.length ? names : undefined;
