import type { Address } from '../../cache/cache-entry.ts';
import type { JsonObject } from '../../json/json-object.ts';
import type { ConfiguredTable, ConfiguredTables } from '../model/configured-tables.ts';

/** The configured tables of all accounts, and those that a reference in a request may name. */
export interface WrittenTables extends Pick<ConfiguredTables, 'all'> {
  readonly writeSetOf: (reference: unknown) => readonly ConfiguredTable[] | undefined;
}

/** DynamoDB accepts no longer statement. Tokenizing millions of characters would block other requests. */
export const MAX_STATEMENT_LENGTH = 8_192;

/**
 * Returns what a PartiQL statement may change: one item if its conditions give the key by `=` and are joined by `AND` only,
 * else the whole table, or `everything` if the table is unknown.
 */
export const touchedByStatement = (
  statement: string,
  parameters: unknown,
  tables: WrittenTables,
): 'everything' | readonly Address[] => {
  if (statement.length > MAX_STATEMENT_LENGTH) return 'everything';
  const tokens = tokensOf(statement.trimEnd().replace(/;$/, ''));
  if (tokens === undefined || tokens.some((token) => isSymbol(token, ';'))) return 'everything';
  const [first, second] = tokens;
  if (isWord(first, 'SELECT') || isWord(first, 'EXISTS')) return [];
  if (isWord(first, 'UPDATE')) return touched(tokens, 1, parameters, tables);
  const hasTwoWords =
    (isWord(first, 'DELETE') && isWord(second, 'FROM')) ||
    (isWord(first, 'INSERT') && isWord(second, 'INTO'));
  return hasTwoWords ? touched(tokens, 2, parameters, tables) : 'everything';
};

const touched = (
  tokens: readonly Token[],
  tableAt: number,
  parameters: unknown,
  tables: WrittenTables,
): 'everything' | readonly Address[] => {
  const reference = nameIn(tokens[tableAt]);
  const meant = reference === undefined ? undefined : tables.writeSetOf(reference);
  if (reference === undefined || meant === undefined) return 'everything';
  // It is not documented whether an unquoted name is case-sensitive, so tables in any letter case match.
  const isExact = tokens[tableAt]?.kind === 'name' || meant.length > 0;
  const found = isExact ? meant : tables.all.filter(({ spec }) => isSameIgnoringCase(spec.table, reference));
  const conditions = conditionsOf(tokens, parameters);
  return found.map((table) => table.addressOf(conditions));
};

const isSameIgnoringCase = (left: string, right: string): boolean =>
  left.toLowerCase() === right.toLowerCase();

/** The attribute values that the WHERE clause requires; `undefined` if it contains other conditions. */
const conditionsOf = (tokens: readonly Token[], parameters: unknown): JsonObject | undefined => {
  const where = tokens.findIndex((token) => isWord(token, 'WHERE'));
  if (where === -1) return undefined;
  const conditions = new Map<string, unknown>();
  let parameter = tokens.slice(0, where).filter((token) => isSymbol(token, '?')).length;
  for (let at = where; at < tokens.length && !isWord(tokens[at], 'RETURNING'); at += 4) {
    const [joint, left, equals, right] = tokens.slice(at, at + 4);
    const name = attributeIn(left);
    if (at > where && !isWord(joint, 'AND')) return undefined;
    if (name === undefined || conditions.has(name) || !isSymbol(equals, '=')) return undefined;
    const value = valueIn(right, Array.isArray(parameters) ? parameters[parameter] : undefined);
    if (isSymbol(right, '?')) parameter += 1;
    if (value === undefined) return undefined;
    conditions.set(name, value);
  }
  return Object.fromEntries(conditions);
};

/** @param parameter the value of a question mark at this position */
const valueIn = (token: Token | undefined, parameter: unknown): unknown => {
  if (token?.kind === 'number') return { N: token.value };
  // The meaning of a backslash in a string is not documented.
  if (token?.kind === 'text') return token.value.includes('\\') ? undefined : { S: token.value };
  return isSymbol(token, '?') ? parameter : undefined;
};

const nameIn = (token: Token | undefined): string | undefined =>
  token?.kind === 'name' ? token.value : token?.written;

/** Like `nameIn`, but excludes nested paths. */
const attributeIn = (token: Token | undefined): string | undefined => {
  const name = nameIn(token);
  return token?.kind === 'name' || (name !== undefined && /^\w+$/.test(name)) ? name : undefined;
};

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.value === word;

const isSymbol = (token: Token | undefined, symbol: string): boolean =>
  token?.kind === 'symbol' && token.value === symbol;

/** A token of a PartiQL statement. */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'symbol';
  /** Words in upper case; names and texts without their quotes; numbers and symbols unchanged. */
  readonly value: string;
  /** An unchanged word, which may also be a name. */
  readonly written?: string;
}

const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([A-Za-z_][\w.-]*)|(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w"'])|([?,:;=<>!()[\]{}+*/|@.-]))/y;

/** Tokenizes a statement; returns `undefined` if it contains unsupported syntax, for example a comment. */
export const tokensOf = (statement: string): readonly Token[] | undefined => {
  const text = statement.trimEnd();
  if (text.includes('--') || text.includes('/*')) return undefined;
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    tokens.push(tokenOf(match));
  }
  return tokens;
};

const tokenOf = ([, name, quoted, word, number, symbol = '']: RegExpExecArray): Token => {
  if (name !== undefined) return { kind: 'name', value: name.replaceAll('""', '"') };
  if (quoted !== undefined) return { kind: 'text', value: quoted.replaceAll("''", "'") };
  if (word !== undefined) return { kind: 'word', value: word.toUpperCase(), written: word };
  if (number !== undefined) return { kind: 'number', value: number };
  return { kind: 'symbol', value: symbol };
};
