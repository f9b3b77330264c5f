import type { Address } from '../../cache/cache-entry.ts';
import { SourceUnavailableError } from '../../cache/errors.ts';
import { elementsIn, membersIn, rawMembers } from '../json/raw-answer.ts';
import { isObject, type JsonObject, readObject } from '../json/wire-json.ts';
import type { ConfiguredTables } from '../model/configured-tables.ts';
import { touchedByStatement } from './statement.ts';

/** What an operation may change: items, whole tables (addresses without a key), or nobody knows what. */
export type WriteSet = 'everything' | readonly Address[];

/** What of the configured tables an operation may change. In doubt it is more than that. */
export const writeSetOf = (operation: string, body: Uint8Array, tables: ConfiguredTables): WriteSet => {
  if (isRepeatable(operation) || LEAVES_ITEMS_ALONE.has(operation)) return [];
  const request = readObject(body);
  const read = WRITES.get(operation);
  return request === undefined || read === undefined ? 'everything' : read(request, tables);
};

const LEAVES_ITEMS_ALONE: ReadonlySet<string> = new Set([
  'CreateBackup',
  'DeleteBackup',
  'DeleteResourcePolicy',
  'ExportTableToPointInTime',
  'GetResourcePolicy',
  'PutResourcePolicy',
  'TagResource',
  'UntagResource',
  'UpdateContinuousBackups',
  'UpdateContributorInsights',
  'UpdateTimeToLive',
]);

type Reading = (request: JsonObject, tables: ConfiguredTables) => WriteSet;

const named =
  (member: string): Reading =>
  (request, tables) =>
    itemOf(tables, request[member], undefined);

const withKeyIn =
  (member: string): Reading =>
  (request, tables) =>
    itemOf(tables, request.TableName, request[member]);

const batchWrite: Reading = ({ RequestItems: items }, tables) => {
  if (!isObject(items)) return 'everything';
  return all(
    Object.entries(items).flatMap(([tableName, writes]) =>
      Array.isArray(writes)
        ? writes.map((write) => itemOf(tables, tableName, keyOfWrite(write)))
        : [itemOf(tables, tableName, undefined)],
    ),
  );
};

const keyOfWrite = (write: unknown): unknown => {
  const [[kind, request] = [], ...others] = isObject(write) ? Object.entries(write) : [];
  if (others.length > 0 || !isObject(request)) return undefined;
  if (kind === 'PutRequest') return request.Item;
  return kind === 'DeleteRequest' ? request.Key : undefined;
};

const transactWrite: Reading = ({ TransactItems: items }, tables) =>
  Array.isArray(items) ? all(items.map((item) => transactItem(item, tables))) : 'everything';

const transactItem = (item: unknown, tables: ConfiguredTables): WriteSet => {
  const [[kind, request] = [], ...others] = isObject(item) ? Object.entries(item) : [];
  if (others.length > 0 || !isObject(request)) return 'everything';
  if (kind === 'ConditionCheck') return [];
  if (kind === 'Put') return itemOf(tables, request.TableName, request.Item);
  return kind === 'Update' || kind === 'Delete'
    ? itemOf(tables, request.TableName, request.Key)
    : 'everything';
};

const statements =
  (member: string): Reading =>
  (request, tables) => {
    const { [member]: list } = request;
    if (!Array.isArray(list) || lengthOfAll(list) > MAX_STATEMENTS_LENGTH) return 'everything';
    return all(list.map((each) => (isObject(each) ? statement(each, tables) : 'everything')));
  };

/** Of all statements of a request: reading more of them would block other requests for too long. */
const MAX_STATEMENTS_LENGTH = 65_536;

const lengthOfAll = (list: readonly unknown[]): number =>
  list.reduce<number>(
    (sum, each) => sum + (isObject(each) && typeof each.Statement === 'string' ? each.Statement.length : 0),
    0,
  );

const statement: Reading = ({ Statement: text, Parameters: parameters }, tables) =>
  typeof text === 'string' ? touchedByStatement(text, parameters, tables) : 'everything';

const WRITES: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ['PutItem', withKeyIn('Item')],
  ['UpdateItem', withKeyIn('Key')],
  ['DeleteItem', withKeyIn('Key')],
  ['BatchWriteItem', batchWrite],
  ['TransactWriteItems', transactWrite],
  ['ExecuteStatement', statement],
  ['BatchExecuteStatement', statements('Statements')],
  ['ExecuteTransaction', statements('TransactStatements')],
  ['CreateTable', named('TableName')],
  ['DeleteTable', named('TableName')],
  ['UpdateTable', named('TableName')],
  ['RestoreTableFromBackup', named('TargetTableName')],
  ['RestoreTableToPointInTime', named('TargetTableName')],
]);

/** Whether an operation of this name is known to change items or tables, or may do so, as a PartiQL statement may. */
export const isWrite = (operation: string): boolean => WRITES.has(operation);

const itemOf = (tables: ConfiguredTables, reference: unknown, item: unknown): WriteSet =>
  tables.writeSetOf(reference)?.map((table) => table.addressOf(isObject(item) ? item : undefined)) ??
  'everything';

const all = (parts: readonly WriteSet[]): WriteSet => {
  const known = parts.filter((part) => part !== 'everything');
  return known.length < parts.length ? 'everything' : known.flat();
};

const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'GetItem',
  'Query',
  'Scan',
  'SearchVectors',
  'TransactGetItems',
]);

/** Whether DynamoDB may do the operation twice and nobody would notice. Of operations that nobody here knows: no. */
export const isRepeatable = (operation: string): boolean =>
  CHANGES_NOTHING.has(operation) || /^(?:Describe|List)[A-Z]/.test(operation);

/** Errors for which DynamoDB rejects a transaction before it looks at any item. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'IdempotentParameterMismatchException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'SerializationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

const FAILED_CONDITION = '"ConditionalCheckFailed"';
const NO_REASON = '"None"';

/**
 * Whether the error that answers a transaction, of status 400, says that this transaction wrote nothing and will write nothing.
 * A conflict or throttling says less: the same transaction, sent before, may still be in progress.
 */
export const wroteNothing = (error: Uint8Array): boolean => {
  try {
    const members = rawMembers(error);
    const name = nameIn(members.get('__type'));
    return name === 'TransactionCanceledException'
      ? failedByConditions(members.get('CancellationReasons'))
      : REJECTIONS.has(name);
  } catch (failure) {
    if (failure instanceof SourceUnavailableError || failure instanceof SyntaxError) return false;
    throw failure;
  }
};

/** The name of an error without its name space, which stands before a `#`. */
const nameIn = (type = '""'): string => {
  const name: unknown = JSON.parse(type);
  return typeof name === 'string' ? name.slice(name.indexOf('#') + 1) : '';
};

const failedByConditions = (reasons = '[]'): boolean => {
  const codes = elementsIn(reasons).map((reason) => membersIn(reason).get('Code'));
  return (
    codes.includes(FAILED_CONDITION) && codes.every((code) => code === FAILED_CONDITION || code === NO_REASON)
  );
};
