import { type AssumedRole, assumedRoleId } from '../../iam/assumed-role.ts';
import { isObject, readObject } from '../../json/json-object.ts';
import type { ConfiguredTable, ConfiguredTables, RequestPlace } from '../model/configured-tables.ts';
import { tablesNamedByArn } from './foreign-table.ts';

/** Where an operation is executed, and whose credentials sign it. */
export interface RequestOrigin {
  readonly region: string;
  /** Absent: the function's own credentials. */
  readonly role?: AssumedRole;
}

/** Why an operation has no single origin. */
export type OriginProblem =
  /** It may name a table of another account that is not configured. */
  | 'foreign_table'
  /** It names tables of several origins. */
  | 'several_origins'
  /** It is not known which members of this operation name tables. */
  | 'other_operation';

/**
 * Finds the origin of an operation. Returns `undefined` if it is that of `place`, with the function's own credentials. Then
 * names without an ARN mean the function's own tables, so that the operation may contain anything else. Otherwise each table
 * that the operation names must be configured with the same origin: a name without an ARN would mean another table there.
 */
export const originOf = (
  operation: string,
  body: Uint8Array,
  tables: ConfiguredTables,
  place: RequestPlace,
): RequestOrigin | OriginProblem | undefined => {
  const named = tablesNamedByArn(body, place.account, (arn) => tables.named(arn));
  if (named === undefined) return 'foreign_table';
  const [origin, ...others] = new Map(
    named.map((table) => originOfTable(table, place)).map((each) => [idOf(each), each]),
  ).values();
  if (origin === undefined) return undefined;
  if (others.length > 0) return 'several_origins';
  const id = idOf(origin);
  if (id === idOf(place)) return undefined;
  const references = referencesIn(operation, body);
  if (references === undefined) return 'other_operation';
  const isOfOrigin = (reference: unknown): boolean => {
    const table = typeof reference === 'string' ? tables.named(reference) : undefined;
    return table !== undefined && idOf(originOfTable(table, place)) === id;
  };
  return references.every(isOfOrigin) ? origin : 'several_origins';
};

const originOfTable = ({ region, spec: { role } }: ConfiguredTable, place: RequestPlace): RequestOrigin => ({
  region: region ?? place.region,
  ...(role === undefined ? {} : { role }),
});

const idOf = ({ region, role }: RequestOrigin): string =>
  JSON.stringify([region, role === undefined ? null : assumedRoleId(role)]);

/** Returns all tables that an operation names; `undefined` if it is not known which of its members do. */
const referencesIn = (operation: string, body: Uint8Array): readonly unknown[] | undefined => {
  const request = readObject(body);
  const member = NAMING.get(operation);
  if (request === undefined || member === undefined) return undefined;
  const others = Object.keys(request).filter((name) => name !== member);
  if (others.some((name) => NAMING_MEMBERS.has(name.toLowerCase()))) return undefined;
  const { [member]: given } = request;
  if (member === 'TableName') return [given];
  if (member === 'RequestItems') return isObject(given) ? Object.keys(given) : undefined;
  return Array.isArray(given) ? given.map(tableOfAction) : undefined;
};

/** The table of one action of a transaction; `undefined` if it may name none or several. */
const tableOfAction = (action: unknown): unknown => {
  const [[kind = '', request] = [], ...others] = isObject(action) ? Object.entries(action) : [];
  return others.length === 0 && ACTIONS.has(kind) && isObject(request) ? request.TableName : undefined;
};

const ACTIONS: ReadonlySet<string> = new Set(['ConditionCheck', 'Delete', 'Get', 'Put', 'Update']);

/** The member of each operation that names tables. Only these operations are forwarded to another origin. */
const NAMING: ReadonlyMap<string, string> = new Map([
  ...['DeleteItem', 'DescribeTable', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'].map(
    (operation) => [operation, 'TableName'] as const,
  ),
  ['BatchGetItem', 'RequestItems'],
  ['BatchWriteItem', 'RequestItems'],
  ['TransactGetItems', 'TransactItems'],
  ['TransactWriteItems', 'TransactItems'],
]);

/** In lower case: it is not documented whether DynamoDB heeds the letter case of members. */
const NAMING_MEMBERS: ReadonlySet<string> = new Set(
  ['TableName', 'RequestItems', 'TransactItems', 'Statement', 'Statements', 'TransactStatements'].map(
    (name) => name.toLowerCase(),
  ),
);
