import type { Address } from '../../cache/cache-entry.ts';
import type { JsonObject } from '../json/wire-json.ts';
import type { ConfiguredTables } from '../model/configured-tables.ts';

/** DynamoDB takes no longer one; to read millions of characters would keep everybody else waiting. */
export const MAX_STATEMENT_LENGTH = 8_192;

/**
 * What a PartiQL statement may change: the item if it names a key by `=` and nothing but `AND` joins its conditions,
 * else the table, else nobody knows what.
 */
export const touchedByStatement = (
  statement: string,
  parameters: unknown,
  tables: ConfiguredTables,
): 'everything' | readonly Address[] => {
  if (statement.length > MAX_STATEMENT_LENGTH) return 'everything';
  const tokens = tokensOf(statement.trimEnd().replace(/;$/, ''));
  if (tokens === undefined || tokens.some((token) => isSign(token, ';'))) return 'everything';
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
  tables: ConfiguredTables,
): 'everything' | readonly Address[] => {
  const reference = nameIn(tokens[tableAt]);
  const meant = reference === undefined ? undefined : tables.writeSetOf(reference);
  if (reference === undefined || meant === undefined) return 'everything';
  // A name without quotes may be meant in another letter case, for all that is known.
  const isExact = tokens[tableAt]?.kind === 'name' || meant.length > 0;
  const found = isExact ? meant : tables.all.filter(({ spec }) => isSameIgnoringCase(spec.table, reference));
  const conditions = conditionsOf(tokens, parameters);
  return found.map((table) => table.addressOf(conditions));
};

const isSameIgnoringCase = (left: string, right: string): boolean =>
  left.toLowerCase() === right.toLowerCase();

/** The values by name that the one WHERE of a statement demands; `undefined` if it says anything else. */
const conditionsOf = (tokens: readonly Token[], parameters: unknown): JsonObject | undefined => {
  const where = tokens.findIndex((token) => isWord(token, 'WHERE'));
  if (where === -1) return undefined;
  const conditions = new Map<string, unknown>();
  let parameter = tokens.slice(0, where).filter((token) => isSign(token, '?')).length;
  for (let at = where; at < tokens.length && !isWord(tokens[at], 'RETURNING'); at += 4) {
    const [joint, left, equals, right] = tokens.slice(at, at + 4);
    const name = attributeIn(left);
    if (at > where && !isWord(joint, 'AND')) return undefined;
    if (name === undefined || conditions.has(name) || !isSign(equals, '=')) return undefined;
    const value = valueIn(right, Array.isArray(parameters) ? parameters[parameter] : undefined);
    if (isSign(right, '?')) parameter += 1;
    if (value === undefined) return undefined;
    conditions.set(name, value);
  }
  return Object.fromEntries(conditions);
};

/** @param parameter what a question mark stands for here */
const valueIn = (token: Token | undefined, parameter: unknown): unknown => {
  if (token?.kind === 'number') return { N: token.value };
  // What a backslash means in a text is not written down anywhere.
  if (token?.kind === 'text') return token.value.includes('\\') ? undefined : { S: token.value };
  return isSign(token, '?') ? parameter : undefined;
};

const nameIn = (token: Token | undefined): string | undefined =>
  token?.kind === 'name' ? token.value : token?.written;

/** Like `nameIn`, but no path into an attribute. */
const attributeIn = (token: Token | undefined): string | undefined => {
  const name = nameIn(token);
  return token?.kind === 'name' || (name !== undefined && /^\w+$/.test(name)) ? name : undefined;
};

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.value === word;

const isSign = (token: Token | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.value === sign;

/** A piece of a PartiQL statement. */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign';
  /** Words and signs as written, words in capitals; of names and texts what stands between their quotes. */
  readonly value: string;
  /** A word as written, which may be a name as well. */
  readonly written?: string;
}

const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([A-Za-z_][\w.-]*)|(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w"'])|([?,:;=<>!()[\]{}+*/|@.-]))/y;

/** The pieces of a statement; `undefined` if there is anything in it that is not understood, a comment for example. */
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

const tokenOf = ([, name, quoted, word, number, sign = '']: RegExpExecArray): Token => {
  if (name !== undefined) return { kind: 'name', value: name.replaceAll('""', '"') };
  if (quoted !== undefined) return { kind: 'text', value: quoted.replaceAll("''", "'") };
  if (word !== undefined) return { kind: 'word', value: word.toUpperCase(), written: word };
  if (number !== undefined) return { kind: 'number', value: number };
  return { kind: 'sign', value: sign };
};
