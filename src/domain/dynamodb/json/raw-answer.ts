import { SourceUnavailableError } from '../../cache/errors.ts';
import {
  elementsOf,
  type Member,
  membersOf,
  type Span,
  skipSpace,
  textsOf,
} from '../../json/json-scanner.ts';
import type { AttributeMap } from './dynamodb-json.ts';

/** One item of an answer: its JSON as DynamoDB wrote it, and the parsed attributes. */
export interface RawItem {
  readonly json: string;
  readonly attributes: AttributeMap;
}

/** The part of a BatchGetItem answer that belongs to one table. */
export interface RawBatch {
  /** Absent if the answer has only unprocessed keys for the table. */
  readonly items?: readonly RawItem[];
  /** Key attributes of the unprocessed keys. */
  readonly unprocessed: readonly AttributeMap[];
}

/** One page of a Scan. */
export interface RawPage {
  /** Parsed lazily to save memory. Iteration throws a `SourceUnavailableError` at an item that cannot be parsed. */
  readonly items: Iterable<RawItem>;
  /** JSON of the key at which the page ended; absent on the last page. */
  readonly lastKey?: string;
}

/** Like `RawBatch`, but with the JSON of the unprocessed keys. */
export interface RawTable {
  /** Absent if the answer has only unprocessed keys for the table. */
  readonly items?: readonly RawItem[];
  readonly unprocessed: readonly RawItem[];
}

/** Returns the unchanged JSON of each member of an answer, by name. @throws {SourceUnavailableError} if it is invalid */
export const rawMembers = (bytes: Uint8Array): ReadonlyMap<string, string> => parseAnswer(bytes, textsOf);

/** Parses the answer to a BatchGetItem, by table name. @throws {SourceUnavailableError} if it is invalid */
export const rawTables = (bytes: Uint8Array): ReadonlyMap<string, RawTable> =>
  parseAnswer(bytes, (text, members) => {
    const tables = new Map<string, RawTable>();
    for (const { name, value } of membersOf(text, requiredMember('Responses', members).value.start)) {
      tables.set(name, { items: itemsOf(text, value), unprocessed: [] });
    }
    for (const { name, value } of membersOf(text, requiredMember('UnprocessedKeys', members).value.start)) {
      const keys = requiredMember('Keys', membersOf(text, value.start)).value;
      tables.set(name, { ...tables.get(name), unprocessed: itemsOf(text, keys) });
    }
    return tables;
  });

/** Returns the unchanged JSON of each member of an object, by name. @throws {SyntaxError} if it is not an object */
export const membersIn = (text: string, start = 0): ReadonlyMap<string, string> =>
  textsOf(text, membersOf(text, start));

/** Returns the unchanged JSON of each element of an array. @throws {SyntaxError} if it is not an array */
export const elementsIn = (text: string): readonly string[] =>
  elementsOf(text, 0).map(({ start, end }) => text.slice(start, end));

/**
 * Returns the item in the answer to a GetItem, or `undefined` if the item does not exist. An answer without `Item` may have
 * no other member than `ConsumedCapacity`: an error with status 200, or the answer of another program, has no `Item` either.
 *
 * @throws {SourceUnavailableError} if the answer is invalid
 */
export const rawItem = (bytes: Uint8Array): RawItem | undefined =>
  parseAnswer(bytes, (text, members) => {
    const item = findMember('Item', members);
    if (item !== undefined) return itemAt(text, item.value);
    if (members.some(({ name }) => name !== 'ConsumedCapacity'))
      throw new SyntaxError('not an answer to a GetItem');
    return undefined;
  });

/** Parses the answer to a BatchGetItem for one table. @throws {SourceUnavailableError} if it is invalid or lacks the table */
export const rawBatch = (bytes: Uint8Array, tableName: string): RawBatch => {
  const answer = rawTables(bytes).get(tableName);
  if (answer === undefined) throw unreadable();
  return { ...answer, unprocessed: answer.unprocessed.map(({ attributes }) => attributes) };
};

/** Parses the answer to a Scan. @throws {SourceUnavailableError} if it is invalid */
export const rawPage = (bytes: Uint8Array): RawPage =>
  parseAnswer(bytes, (text, members) => {
    const last = findMember('LastEvaluatedKey', members);
    return {
      items: lazyItems(text, elementsOf(text, requiredMember('Items', members).value.start)),
      ...(last === undefined ? {} : { lastKey: itemAt(text, last.value).json }),
    };
  });

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Scans the answer only once, because a page may be long. */
const parseAnswer = <T>(bytes: Uint8Array, read: (text: string, members: readonly Member[]) => T): T => {
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

function* lazyItems(text: string, spans: readonly Span[]): Iterable<RawItem> {
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

/** Replaces the original error, because that quotes the answer, and items must not appear in logs. */
const unreadable = (): SourceUnavailableError =>
  new SourceUnavailableError('the answer of DynamoDB cannot be read');

/** Takes the last of several members with one name, like `JSON.parse`. */
const findMember = (name: string, members: readonly Member[]): Member | undefined =>
  members.findLast((member) => member.name === name);

const requiredMember = (name: string, members: readonly Member[]): Member => {
  const member = findMember(name, members);
  if (member === undefined) throw new SyntaxError(`the answer has no member ${name}`);
  return member;
};

const itemsOf = (text: string, { start }: Span): readonly RawItem[] =>
  elementsOf(text, start).map((span) => itemAt(text, span));

const itemAt = (text: string, { start, end }: Span): RawItem => {
  const json = text.slice(start, end);
  if (!json.startsWith('{')) throw new SyntaxError('an item is not an object');
  return { json, attributes: JSON.parse(json) };
};
