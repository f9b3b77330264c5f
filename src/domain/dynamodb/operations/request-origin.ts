import { type AssumedRole, assumedRoleId } from '../../iam/assumed-role.ts';
import { isObject, readObject } from '../../json/json-object.ts';
import { BACKSLASH, COLON } from '../../json/json-signs.ts';
import { type LooseString, stringsOutside } from '../../json/loose-strings.ts';
import type { ConfiguredTable, ConfiguredTables, RequestPlace } from '../model/configured-tables.ts';
import { MAX_STATEMENT_LENGTH, type Token, tokensOf } from './statement.ts';

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
  /** It cannot be read, as when it is compressed, so that it may name such a table. */
  | 'unreadable_body'
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
  if (named === undefined) return canBeSearched(body) ? 'foreign_table' : 'unreadable_body';
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

/** Part of every DynamoDB ARN, in lower case. */
const PART_OF_ARN = new TextEncoder().encode(':dynamodb:');
const MENTION = /:dynamodb:/i;
/** The beginning of an ARN. Only global tables have no region. */
const PLAIN_ARN = /arn:aws[a-z-]*:dynamodb:(?:[a-z0-9-]+:(\d+):(?=[a-z-]+\/)|:(\d+):(?=global-table\/))/g;

/** Members whose values are data, policies or aliases, and therefore cannot name the table of an operation. */
const DATA: ReadonlySet<string> = new Set([
  'AttributeUpdates',
  'ExclusiveStartKey',
  'Expected',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'Item',
  'Key',
  'KeyConditions',
  'Keys',
  'Parameters',
  'Policy',
  'QueryFilter',
  'ResourcePolicy',
  'ScanFilter',
  'TagKeys',
  'Tags',
]);

/**
 * Returns the configured tables that a request names by their exact ARN. Returns `undefined` if it may name a table of an
 * account other than `account` that is not configured. In doubt it may: if the body may contain such an ARN, and is invalid
 * JSON or does not clearly name the own account.
 *
 * @param account the own account; if unknown, any table may be named
 * @param named returns the configured table with this ARN
 */
export const tablesNamedByArn = <Table>(
  body: Uint8Array,
  account: string | undefined,
  named: (arn: string) => Table | undefined,
): readonly Table[] | undefined => {
  if (!mayHoldArn(body)) return [];
  try {
    const search = new ArnSearch(account, named);
    return stringsOutside(body, DATA).every((string) => search.isAllowed(string)) ? search.found : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return account === undefined ? [] : undefined;
    throw error;
  }
};

const canBeSearched = (body: Uint8Array): boolean => {
  try {
    stringsOutside(body, DATA);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

class ArnSearch<Table> {
  readonly found: Table[] = [];
  readonly #account: string | undefined;
  readonly #named: (arn: string) => Table | undefined;

  constructor(account: string | undefined, named: (arn: string) => Table | undefined) {
    this.#account = account;
    this.#named = named;
  }

  /** Whether the string names only tables of the own account, or is the ARN of a configured table. */
  isAllowed({ text, member }: LooseString): boolean {
    if (!MENTION.test(text) || this.#isNamed(text)) return true;
    const checked = member === 'Statement' ? this.#withoutData(text) : text;
    const rest = checked.replaceAll(PLAIN_ARN, (arn, own?: string, ownGlobal?: string) =>
      (own ?? ownGlobal) === this.#account ? '' : arn,
    );
    return this.#account === undefined || !MENTION.test(rest);
  }

  #isNamed(arn: string): boolean {
    const table = this.#named(arn);
    if (table !== undefined) this.found.push(table);
    return table !== undefined;
  }

  /**
   * Removes the string literals that are data, and the ARNs of configured tables, from a PartiQL statement. Returns a
   * statement that cannot be parsed unchanged.
   */
  #withoutData(statement: string): string {
    if (statement.length > MAX_STATEMENT_LENGTH || statement.includes('\\')) return statement;
    const tokens = tokensOf(statement);
    if (tokens === undefined) return statement;
    return tokens
      .filter((token, index) => token.kind !== 'text' || isBeforeTable(tokens[index - 1]))
      .filter(({ kind, value }) => kind !== 'name' || !this.#isNamed(value))
      .map(({ value, written = value }) => written)
      .join('');
  }
}

const BEFORE_TABLE: ReadonlySet<string> = new Set(['FROM', 'INTO', 'JOIN', 'UPDATE']);

const isBeforeTable = (token: Token | undefined): boolean =>
  token?.kind === 'word' && BEFORE_TABLE.has(token.value);

/** Whether the bytes contain part of a DynamoDB ARN, or could hide one. A fast check that decides nearly all requests. */
const mayHoldArn = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    // Letters and digits first, because most bytes are.
    if (byte > BACKSLASH && byte < 0xc0) continue;
    if (byte === COLON ? isPartOfArn(bytes, at) : mayEncodeAscii(bytes, at, byte)) return true;
  }
  return false;
};

const isPartOfArn = (bytes: Uint8Array, start: number): boolean => {
  for (let index = 1; index < PART_OF_ARN.length; index += 1) {
    const given = bytes[start + index] ?? 0;
    if ((given | 0x20) !== PART_OF_ARN[index]) return false;
  }
  return true;
};

/** Whether the byte may begin another encoding of ASCII: an escape, UTF-16, or overlong UTF-8 that lenient parsers accept. */
const mayEncodeAscii = (bytes: Uint8Array, at: number, byte: number): boolean => {
  if (byte === BACKSLASH) return isEscapedAscii(bytes, at);
  if (byte < 0xc0) return byte === 0;
  const next = bytes[at + 1] ?? 0;
  return byte <= 0xc1 || (byte === 0xe0 && next < 0xa0) || (byte === 0xf0 && next < 0x90);
};

/** `\u0020` to `\u007f`. */
const isEscapedAscii = (bytes: Uint8Array, at: number): boolean => {
  const digit = bytes[at + 4] ?? 0;
  return (
    bytes[at + 1] === 0x75 &&
    bytes[at + 2] === 0x30 &&
    bytes[at + 3] === 0x30 &&
    digit >= 0x32 &&
    digit <= 0x37
  );
};
