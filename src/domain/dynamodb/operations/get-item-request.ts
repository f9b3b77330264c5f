import type { EntryKey } from '../../cache/entry-key.ts';
import { hasOnly, type JsonObject } from '../json/wire-json.ts';
import type { ConfiguredTable, ConfiguredTables, RequestPlace } from '../model/configured-tables.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { projectedNames, type Wanted } from './projected-names.ts';

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
