import type { Address } from '../../cache/cache-entry.ts';
import { SourceUnavailableError } from '../../cache/errors.ts';
import { isObject, type JsonObject, readObject } from '../../json/json-object.ts';
import { elementsIn, membersIn, rawMembers } from '../json/raw-answer.ts';
import type { ConfiguredTables } from '../model/configured-tables.ts';
import { touchedByStatement, type WrittenTables } from './statement.ts';

/** What an operation may change: items, whole tables (addresses without a key), or `everything` if it is unknown. */
export type WriteSet = 'everything' | readonly Address[];

/**
 * Returns what an operation may change in the configured tables; in doubt, more than it really changes.
 *
 * @param account the account of tables that are named without an ARN; if unknown, it may be any
 */
export const writeSetOf = (
  operation: string,
  body: Uint8Array,
  configured: ConfiguredTables,
  account?: string,
): WriteSet => {
  const read = WRITES.get(operation);
  if (read === undefined && (isRepeatable(operation) || LEAVES_ITEMS_ALONE.has(operation))) return [];
  const request = readObject(body);
  if (request === undefined || read === undefined) return 'everything';
  return read(request, {
    all: configured.all,
    writeSetOf: (reference) => configured.writeSetOf(reference, account),
  });
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

type WriteSetReader = (request: JsonObject, tables: WrittenTables) => WriteSet;

const tableIn =
  (member: string): WriteSetReader =>
  (request, tables) =>
    itemOf(tables, request[member], undefined);

const itemIn =
  (member: string): WriteSetReader =>
  (request, tables) =>
    itemOf(tables, request.TableName, request[member]);

const batchWrite: WriteSetReader = ({ RequestItems: items }, tables) => {
  if (!isObject(items)) return 'everything';
  return unionOf(
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

const transactWrite: WriteSetReader = ({ TransactItems: items }, tables) =>
  Array.isArray(items) ? unionOf(items.map((item) => transactItem(item, tables))) : 'everything';

const transactItem = (item: unknown, tables: WrittenTables): WriteSet => {
  const [[kind, request] = [], ...others] = isObject(item) ? Object.entries(item) : [];
  if (others.length > 0 || !isObject(request)) return 'everything';
  if (kind === 'ConditionCheck') return [];
  if (kind === 'Put') return itemOf(tables, request.TableName, request.Item);
  return kind === 'Update' || kind === 'Delete'
    ? itemOf(tables, request.TableName, request.Key)
    : 'everything';
};

const statements =
  (member: string): WriteSetReader =>
  (request, tables) => {
    const { [member]: list } = request;
    if (!Array.isArray(list) || lengthOfAll(list) > MAX_STATEMENTS_LENGTH) return 'everything';
    return unionOf(list.map((each) => (isObject(each) ? statement(each, tables) : 'everything')));
  };

/** The total length of all statements of a request. Tokenizing more would block other requests for too long. */
const MAX_STATEMENTS_LENGTH = 65_536;

const lengthOfAll = (list: readonly unknown[]): number =>
  list.reduce<number>(
    (sum, each) => sum + (isObject(each) && typeof each.Statement === 'string' ? each.Statement.length : 0),
    0,
  );

const statement: WriteSetReader = ({ Statement: text, Parameters: parameters }, tables) =>
  typeof text === 'string' ? touchedByStatement(text, parameters, tables) : 'everything';

const WRITES: ReadonlyMap<string, WriteSetReader> = new Map<string, WriteSetReader>([
  ['PutItem', itemIn('Item')],
  ['UpdateItem', itemIn('Key')],
  ['DeleteItem', itemIn('Key')],
  ['BatchWriteItem', batchWrite],
  ['TransactWriteItems', transactWrite],
  ['ExecuteStatement', statement],
  ['BatchExecuteStatement', statements('Statements')],
  ['ExecuteTransaction', statements('TransactStatements')],
  ['CreateTable', tableIn('TableName')],
  ['DeleteTable', tableIn('TableName')],
  ['UpdateTable', tableIn('TableName')],
  ['RestoreTableFromBackup', tableIn('TargetTableName')],
  ['RestoreTableToPointInTime', tableIn('TargetTableName')],
  ['StartBulkPutItems', tableIn('TableName')],
  // Reports writes that DynamoDB has made since the last report.
  ['DescribeBulkOperation', tableIn('BulkOperationArn')],
]);

/** Whether the operation is known to change items or tables, or to report changes, or may do so (PartiQL). */
export const isWrite = (operation: string): boolean => WRITES.has(operation);

const CONTINUES: ReadonlySet<string> = new Set([
  'DeleteTable',
  'DescribeBulkOperation',
  'StartBulkPutItems',
  'UpdateTable',
]);

/**
 * Whether DynamoDB may answer the operation before it has changed all items. For example, it may serve reads of a table whose
 * status is `DELETING`, and `UpdateTable` may delete a replica.
 */
export const mayContinueAfterAnswer = (operation: string): boolean => CONTINUES.has(operation);

const itemOf = (tables: WrittenTables, reference: unknown, item: unknown): WriteSet =>
  tables.writeSetOf(reference)?.map((table) => table.addressOf(isObject(item) ? item : undefined)) ??
  'everything';

const unionOf = (parts: readonly WriteSet[]): WriteSet => {
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

/** Whether sending the operation twice has no side effects. False for unknown operations. */
export const isRepeatable = (operation: string): boolean =>
  CHANGES_NOTHING.has(operation) || /^(?:Describe|List)[A-Z]/.test(operation);

/** Errors with which DynamoDB rejects a transaction before it reads any item. */
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

const TRANSACTIONS: ReadonlySet<string> = new Set(['TransactWriteItems', 'ExecuteTransaction']);

/**
 * Whether an answer with a status of 400 to 499 guarantees that the operation wrote nothing and will write nothing. One without
 * the name of an error may be from a program between here and DynamoDB. A conflict or throttling of a transaction guarantees
 * nothing: an earlier attempt of the same transaction may still be in progress.
 */
export const wroteNothing = (error: Uint8Array, operation: string): boolean => {
  try {
    const members = rawMembers(error);
    const name = nameIn(members.get('__type'));
    if (!TRANSACTIONS.has(operation)) return name !== '';
    return name === 'TransactionCanceledException'
      ? failedByConditions(members.get('CancellationReasons'))
      : REJECTIONS.has(name);
  } catch (failure) {
    if (failure instanceof SourceUnavailableError || failure instanceof SyntaxError) return false;
    throw failure;
  }
};

/** The name of an error without its namespace, which ends with `#`. */
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

const INTERNAL_FAILURE = '"InternalServerError"';

/**
 * Whether the answer to a `BatchExecuteStatement` may report a statement that failed within DynamoDB, so that its outcome is
 * unknown. All other errors of a statement mean that it wrote nothing.
 */
export const mayHaveFailedWithin = (answer: Uint8Array): boolean => {
  try {
    return elementsIn(rawMembers(answer).get('Responses') ?? '[]').some((response) => {
      const error = membersIn(response).get('Error') ?? '{}';
      return membersIn(error).get('Code') === INTERNAL_FAILURE;
    });
  } catch (failure) {
    if (failure instanceof SourceUnavailableError || failure instanceof SyntaxError) return true;
    throw failure;
  }
};
