import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { AttributeMap } from '../../domain/dynamodb/attribute-value.ts';
import { elementsOf, type Member, membersOf, type Span, skipSpace, valueEnd } from './json-scanner.ts';

/** One item of an answer: its JSON as DynamoDB wrote it, and what that says. */
export interface RawItem {
  readonly json: string;
  readonly attributes: AttributeMap;
}

export interface RawBatch {
  readonly items: readonly RawItem[];
  /** Key attributes of what DynamoDB did not get to. */
  readonly unprocessed: readonly AttributeMap[];
}

export interface RawPage {
  readonly items: readonly RawItem[];
  /** JSON of the key at which the page ended; absent on the last one. */
  readonly lastKey?: string;
}

/** The item in the answer to a GetItem. @throws {SourceUnavailableError} if the answer cannot be read */
export const rawItem = (bytes: Uint8Array): RawItem | undefined =>
  reading(bytes, (text, start) => {
    const item = memberOf(text, start, 'Item');
    return item === undefined ? undefined : itemAt(text, item.value);
  });

/** What the answer to a BatchGetItem for one table says. @throws {SourceUnavailableError} if it cannot be read */
export const rawBatch = (bytes: Uint8Array): RawBatch =>
  reading(bytes, (text, start) => {
    const unprocessed = tablesOf(text, memberOf(text, start, 'UnprocessedKeys')).flatMap((table) => {
      const keys = memberOf(text, table.start, 'Keys');
      return keys === undefined ? [] : itemsOf(text, keys.value);
    });
    return {
      items: tablesOf(text, memberOf(text, start, 'Responses')).flatMap((table) => itemsOf(text, table)),
      unprocessed: unprocessed.map(({ attributes }) => attributes),
    };
  });

/** What the answer to a Scan says. @throws {SourceUnavailableError} if it cannot be read */
export const rawPage = (bytes: Uint8Array): RawPage =>
  reading(bytes, (text, start) => {
    const items = memberOf(text, start, 'Items');
    if (items === undefined) throw new SyntaxError('a page without items');
    const last = memberOf(text, start, 'LastEvaluatedKey');
    return {
      items: itemsOf(text, items.value),
      ...(last === undefined ? {} : { lastKey: itemAt(text, last.value).json }),
    };
  });

const decoder = new TextDecoder('utf-8', { fatal: true });

const reading = <T>(bytes: Uint8Array, read: (text: string, start: number) => T): T => {
  try {
    const text = decoder.decode(bytes);
    const start = skipSpace(text, 0);
    if (skipSpace(text, valueEnd(text, start)) !== text.length) throw new SyntaxError('more than one value');
    return read(text, start);
  } catch {
    // What was thrown quotes the answer, and that may be an item, which must not get into a log.
    throw new SourceUnavailableError('the answer of DynamoDB cannot be read');
  }
};

/** Like JSON.parse, takes the last of several members of one name. */
const memberOf = (text: string, start: number, name: string): Member | undefined =>
  membersOf(text, start).findLast((member) => member.name === name);

const tablesOf = (text: string, member: Member | undefined): readonly Span[] =>
  member === undefined ? [] : membersOf(text, member.value.start).map(({ value }) => value);

const itemsOf = (text: string, { start }: Span): readonly RawItem[] =>
  elementsOf(text, start).map((span) => itemAt(text, span));

const itemAt = (text: string, { start, end }: Span): RawItem => {
  const json = text.slice(start, end);
  if (!json.startsWith('{')) throw new SyntaxError('an item that is no object');
  return { json, attributes: JSON.parse(json) };
};
