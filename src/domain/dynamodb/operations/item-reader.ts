import { joined } from '../../cache/body-collector.ts';
import type { Body, EntryKey } from '../../cache/cache-entry.ts';
import { JsonBytes, matchesAt, unsupportedJson } from '../../json/json-bytes.ts';
import { CLOSE_ARRAY, CLOSE_OBJECT } from '../../json/json-signs.ts';
import { PLAIN, TYPED } from '../json/dynamodb-json.ts';
import { type MemberFilter, PlainWriter } from '../json/plain-writer.ts';
import { type RawBatch, rawBatch } from '../json/raw-answer.ts';
import { KeyCodec } from '../model/key-codec.ts';
import { Projection } from '../model/projection.ts';
import { requestedName } from '../model/table-identity.ts';
import type { KeyAttribute, TableSpec } from '../model/table-spec.ts';

/** The key of an item, and one body for each requested content type. */
export interface KeyedItem {
  readonly key: EntryKey;
  readonly bodies: readonly Body[];
}

const BACKSLASH = '\\';
const encoder = new TextEncoder();

/**
 * Reads items of one table directly from the bytes of an answer, without parsing them into objects. Throws a `SyntaxError`
 * (`unsupportedJson`) for an item that is invalid, not compact, or has no key.
 */
export class ItemJsonReader {
  readonly #codec: KeyCodec;
  readonly #writer = new PlainWriter();
  readonly #hashKey: Uint8Array;
  readonly #sortKey: Uint8Array | undefined;
  readonly #surplus: readonly Uint8Array[];
  /** Key values of the item that is being read. */
  #hash: string | undefined;
  #sort: string | undefined;

  constructor(spec: TableSpec) {
    this.#codec = new KeyCodec(spec);
    this.#hashKey = prefixOf(spec.hashKey);
    this.#sortKey = spec.sortKey && prefixOf(spec.sortKey);
    this.#surplus = [...new Projection(spec).surplus].map((name) =>
      encoder.encode(`${JSON.stringify(name)}:`),
    );
  }

  /** Whether the reader supports these content types. Typed JSON without the surplus attributes requires parsing. */
  canMake(contentTypes: readonly string[]): boolean {
    return contentTypes.every((type) => type === PLAIN || (type === TYPED && this.#surplus.length === 0));
  }

  /**
   * Reads one item. The bytes of its bodies are views of larger buffers, and never change.
   *
   * @param maxBytes upper bound of the item's length, if known
   */
  read(from: JsonBytes, contentTypes: readonly string[], maxBytes = 0): KeyedItem {
    const { at } = from;
    this.#hash = undefined;
    this.#sort = undefined;
    const plain = this.#writer.write(from, this.#filter, maxBytes);
    if (this.#hash === undefined) throw unsupportedJson();
    const key = this.#codec.fromText(this.#hash, this.#sort);
    const bodies = contentTypes.map((contentType) => ({
      contentType,
      bytes: contentType === PLAIN ? plain : from.bytes.subarray(at, from.at),
    }));
    return { key, bodies };
  }

  readonly #filter: MemberFilter = (from, at) => {
    if (matchesAt(from.bytes, at, this.#hashKey)) this.#hash = textIn(from, at + this.#hashKey.length);
    else if (this.#sortKey !== undefined && matchesAt(from.bytes, at, this.#sortKey))
      this.#sort = textIn(from, at + this.#sortKey.length);
    for (const name of this.#surplus) if (matchesAt(from.bytes, at, name)) return false;
    return true;
  };
}

/** Decodes the string at `start`. The reader is after the closing brace of the attribute. */
const textIn = (from: JsonBytes, start: number): string => {
  const text = from.textFrom(start + 1, from.at - 2);
  return text.includes(BACKSLASH) ? JSON.parse(`"${text}"`) : text;
};

/** The JSON of a key attribute up to its value. */
const prefixOf = ({ name, type }: KeyAttribute): Uint8Array =>
  encoder.encode(`${JSON.stringify(name)}:{"${type}":`);

const OPENING = encoder.encode('{"Item":');

/** Reads answers to a `GetItem` of one table directly from their bytes, without parsing them into objects. */
export class SingleItemReader {
  readonly #reader: ItemJsonReader;

  constructor(spec: TableSpec) {
    this.#reader = new ItemJsonReader(spec);
  }

  /**
   * Returns the bodies of the item with this key. Returns `undefined` if the answer is not in DynamoDB's compact format, or
   * contains anything else. The caller must then parse the answer.
   */
  read(answer: Uint8Array, key: EntryKey, contentTypes: readonly string[]): readonly Body[] | undefined {
    if (!this.#reader.canMake(contentTypes)) return undefined;
    const from = new JsonBytes(answer, 0);
    try {
      if (!from.tryBytes(OPENING)) return undefined;
      const item = this.#reader.read(from, contentTypes, answer.length);
      from.expect(CLOSE_OBJECT);
      return from.at === answer.length && item.key.text === key.text ? item.bodies : undefined;
    } catch {
      // The caller's complete parser finds the error, if there is one.
      return undefined;
    }
  }
}

/** The items and unprocessed keys of one table in a batch. */
export interface ReadBatch {
  readonly items: readonly (readonly [EntryKey, readonly Body[]])[];
  readonly unprocessed: RawBatch['unprocessed'];
}

/** Reads answers to a `BatchGetItem` of one table directly from their bytes, without parsing them into objects. */
export class BatchReader {
  readonly #reader: ItemJsonReader;
  readonly #opening: Uint8Array;
  readonly #table: string;

  constructor(spec: TableSpec) {
    this.#reader = new ItemJsonReader(spec);
    this.#table = requestedName(spec);
    this.#opening = encoder.encode(`{"Responses":{${JSON.stringify(this.#table)}:[`);
  }

  /**
   * Reads an answer, yielding after each item. Returns `undefined` if the answer is not in DynamoDB's compact format. The
   * caller must then parse the answer.
   */
  *read(answer: Uint8Array, contentTypes: readonly string[]): Generator<undefined, ReadBatch | undefined> {
    const from = new JsonBytes(answer, 0);
    if (!this.#reader.canMake(contentTypes) || !from.tryBytes(this.#opening)) return undefined;
    const found: (readonly [EntryKey, readonly Body[]])[] = [];
    try {
      if (!from.tryByte(CLOSE_ARRAY)) {
        do {
          const { key, bodies } = this.#reader.read(from, contentTypes);
          found.push([key, bodies]);
          yield;
        } while (from.hasMore(CLOSE_ARRAY));
      }
      const withoutItems = joined([this.#opening, answer.subarray(from.at - 1)]);
      const { items, unprocessed } = rawBatch(withoutItems, this.#table);
      return items?.length === 0 ? { items: found, unprocessed } : undefined;
    } catch {
      // The caller's complete parser finds the error, if there is one.
      return undefined;
    }
  }
}
