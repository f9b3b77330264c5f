import { SourceUnavailableError } from '../../cache/errors.ts';
import type { AttributeMap } from './dynamodb-json.ts';
import { elementsOf, type Member, membersOf, type Span, skipSpace } from './json-scanner.ts';

/** One item of an answer: its JSON as DynamoDB wrote it, and what that says. */
export interface RawItem {
  readonly json: string;
  readonly attributes: AttributeMap;
}

export interface RawBatch {
  /** Absent where the answer has nothing but keys that were not got to. */
  readonly items?: readonly RawItem[];
  /** Key attributes of what DynamoDB did not get to. */
  readonly unprocessed: readonly AttributeMap[];
}

export interface RawPage {
  /** Each is read when it is its turn, so that no more of them than need be is in memory; throws a `SourceUnavailableError` at one that cannot be read. */
  readonly items: Iterable<RawItem>;
  /** JSON of the key at which the page ended; absent on the last one. */
  readonly lastKey?: string;
}

/** What of a batch one table has: items that were found, and keys that were not got to. */
export interface RawTable {
  /** Absent where the answer has nothing but keys that were not got to. */
  readonly items?: readonly RawItem[];
  readonly unprocessed: readonly RawItem[];
}

/** The members of an answer by name, each as it is written. @throws {SourceUnavailableError} if it cannot be read */
export const rawMembers = (bytes: Uint8Array): ReadonlyMap<string, string> =>
  reading(bytes, (text, members) => writtenIn(text, members));

/**
 * The answer to a BatchGetItem, table by table. @throws {SourceUnavailableError} if it cannot be read
 */
export const rawTables = (bytes: Uint8Array): ReadonlyMap<string, RawTable> =>
  reading(bytes, (text, members) => {
    const tables = new Map<string, RawTable>();
    for (const { name, value } of membersOf(text, demanded('Responses', members).value.start)) {
      tables.set(name, { items: itemsOf(text, value), unprocessed: [] });
    }
    for (const { name, value } of membersOf(text, demanded('UnprocessedKeys', members).value.start)) {
      const keys = demanded('Keys', membersOf(text, value.start)).value;
      tables.set(name, { ...tables.get(name), unprocessed: itemsOf(text, keys) });
    }
    return tables;
  });

/** The members of a JSON object by name, each as it is written. @throws {SyntaxError} if it is no object */
export const membersIn = (text: string, start = 0): ReadonlyMap<string, string> =>
  writtenIn(text, membersOf(text, start));

const writtenIn = (text: string, members: readonly Member[]): ReadonlyMap<string, string> =>
  new Map(members.map(({ name, value }) => [name, text.slice(value.start, value.end)]));

/** The elements of a JSON array, each as it is written. @throws {SyntaxError} if it is no array */
export const elementsIn = (text: string): readonly string[] =>
  elementsOf(text, 0).map(({ start, end }) => text.slice(start, end));

/**
 * The item in the answer to a GetItem; `undefined` if there is none. Absence is believed only where the answer says nothing
 * else, except for the capacity consumed: an answer of another program, or an error with status 200, has no `Item` either.
 *
 * @throws {SourceUnavailableError} if the answer cannot be read
 */
export const rawItem = (bytes: Uint8Array): RawItem | undefined =>
  reading(bytes, (text, members) => {
    const item = named('Item', members);
    if (item !== undefined) return itemAt(text, item.value);
    if (members.some(({ name }) => name !== 'ConsumedCapacity'))
      throw new SyntaxError('no answer to a GetItem');
    return undefined;
  });

/**
 * The answer to a BatchGetItem for one table. @throws {SourceUnavailableError} if it cannot be read, or passes over the table
 */
export const rawBatch = (bytes: Uint8Array, tableName: string): RawBatch => {
  const answer = rawTables(bytes).get(tableName);
  if (answer === undefined) throw unreadable();
  return { ...answer, unprocessed: answer.unprocessed.map(({ attributes }) => attributes) };
};

/** What the answer to a Scan says. @throws {SourceUnavailableError} if it cannot be read */
export const rawPage = (bytes: Uint8Array): RawPage =>
  reading(bytes, (text, members) => {
    const last = named('LastEvaluatedKey', members);
    return {
      items: inTurn(text, elementsOf(text, demanded('Items', members).value.start)),
      ...(last === undefined ? {} : { lastKey: itemAt(text, last.value).json }),
    };
  });

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Walks over the answer once: a page is long enough for each walk to be felt. */
const reading = <T>(bytes: Uint8Array, read: (text: string, members: readonly Member[]) => T): T => {
  try {
    const text = decoder.decode(bytes);
    const start = skipSpace(text, 0);
    const members = membersOf(text, start);
    const brace = skipSpace(text, members.at(-1)?.end ?? start + 1);
    if (skipSpace(text, brace + 1) !== text.length) throw new SyntaxError('more than one value');
    return read(text, members);
  } catch {
    throw unreadable();
  }
};

function* inTurn(text: string, spans: readonly Span[]): Iterable<RawItem> {
  for (const span of spans) {
    let item: RawItem;
    try {
      item = itemAt(text, span);
    } catch {
      throw unreadable();
    }
    yield item;
  }
}

/** What was thrown before quotes the answer, and that may be an item, which must not get into a log. */
const unreadable = (): SourceUnavailableError =>
  new SourceUnavailableError('the answer of DynamoDB cannot be read');

/** Like JSON.parse, takes the last of several members of one name. */
const named = (name: string, members: readonly Member[]): Member | undefined =>
  members.findLast((member) => member.name === name);

const demanded = (name: string, members: readonly Member[]): Member => {
  const member = named(name, members);
  if (member === undefined) throw new SyntaxError(`nothing is named ${name}`);
  return member;
};

const itemsOf = (text: string, { start }: Span): readonly RawItem[] =>
  elementsOf(text, start).map((span) => itemAt(text, span));

const itemAt = (text: string, { start, end }: Span): RawItem => {
  const json = text.slice(start, end);
  if (!json.startsWith('{')) throw new SyntaxError('an item that is no object');
  return { json, attributes: JSON.parse(json) };
};
