import { joined } from '../../cache/body-collector.ts';
import { JsonBytes } from '../../json/json-bytes.ts';
import { isObject } from '../../json/json-object.ts';
import { CLOSE_ARRAY, COMMA, OPEN_ARRAY, QUOTE } from '../../json/json-signs.ts';
import { PLAIN } from '../json/dynamodb-json.ts';
import { itemBodies } from '../json/item-bodies.ts';
import { type RawItem, type RawPage, rawPage } from '../json/raw-answer.ts';
import { KeyCodec } from '../model/key-codec.ts';
import { Projection } from '../model/projection.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { ItemJsonReader, type KeyedItem } from './item-reader.ts';

/** One page of a Scan. */
export interface ItemPage {
  /**
   * Read lazily. Iteration throws a `SourceUnavailableError` or a `SyntaxError` at an invalid item, and a
   * `MalformedNameError` at an item without the key of the table.
   */
  readonly items: Iterable<KeyedItem>;
  /** JSON of the key at which the page ended; absent on the last page. */
  readonly lastKey?: string;
}

const encoder = new TextEncoder();
const OPENING = encoder.encode('{"Items":[');
const CLOSING = encoder.encode('}');

/** The largest byte that is white space in JSON. Smaller bytes do not occur in valid JSON, or are white space as well. */
const SPACE = 0x20;

/**
 * How many bytes of items of a table are parsed before the reader of bytes takes over. Code that runs for the first time is
 * interpreted: for the first 1,000 items, that reader takes twice as long as the parser on Node.js, and as long on Bun. Later
 * it is the faster one, and it creates no objects.
 */
const MAX_PARSED_BYTES = 524_288;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads pages of one table: directly from their bytes while they are in DynamoDB's compact format, else by parsing. */
export class PageReader {
  readonly #codec: KeyCodec;
  readonly #surplus: ReadonlySet<string>;
  readonly #reader: ItemJsonReader;
  readonly #maxParsedBytes: number;
  #parsedBytes = 0;

  /** @param maxParsedBytes how many bytes of items are parsed before the reader of bytes takes over */
  constructor(spec: TableSpec, maxParsedBytes = MAX_PARSED_BYTES) {
    this.#maxParsedBytes = maxParsedBytes;
    this.#codec = new KeyCodec(spec);
    this.#surplus = new Projection(spec).surplus;
    this.#reader = new ItemJsonReader(spec);
  }

  /** @throws {SourceUnavailableError} if the answer is invalid */
  read(bytes: Uint8Array, contentTypes: readonly string[]): ItemPage {
    const start = bytes.indexOf(OPEN_ARRAY) + 1;
    const end = bytes.lastIndexOf(CLOSE_ARRAY);
    const frame = this.#reader.canMake(contentTypes) ? frameOf(bytes, start, end) : undefined;
    if (frame !== undefined) return { ...frame, items: this.#items(bytes, start, end, contentTypes) };
    const page = rawPage(bytes);
    return { ...page, items: this.#parsedItems(page.items, contentTypes) };
  }

  /** Reads the items between `start` and `end`. */
  *#items(
    bytes: Uint8Array,
    start: number,
    end: number,
    contentTypes: readonly string[],
  ): Generator<KeyedItem> {
    const parsed = this.#parseEarly(bytes, start, end, contentTypes);
    if (parsed !== undefined) {
      yield* this.#parsedItems(parsed, contentTypes);
      return;
    }
    const from = new JsonBytes(bytes, start);
    while (from.at !== end) {
      const { at } = from;
      const item = this.#nextItem(from, end, contentTypes);
      if (item === undefined) {
        const rest = rawPage(joined([OPENING, bytes.subarray(at, end + 1), CLOSING]));
        yield* this.#parsedItems(rest.items, contentTypes);
        return;
      }
      yield item;
    }
  }

  /**
   * Parses the items between `start` and `end` while few were read. Returns `undefined` if they are not to be parsed, or
   * cannot be: the reader then finds out which of them can be read.
   */
  #parseEarly(
    bytes: Uint8Array,
    start: number,
    end: number,
    contentTypes: readonly string[],
  ): readonly RawItem[] | undefined {
    this.#parsedBytes += end - start;
    // A typed body is the unchanged JSON of the item, which a parser does not keep.
    if (this.#parsedBytes > this.#maxParsedBytes || contentTypes.some((type) => type !== PLAIN))
      return undefined;
    try {
      const items = JSON.parse(decoder.decode(bytes.subarray(start - 1, end + 1)));
      if (!Array.isArray(items) || items.some((item) => !isObject(item))) return undefined;
      return items.map((attributes) => ({ json: '', attributes }));
    } catch {
      return undefined;
    }
  }

  /** Reads one item and the comma after it; returns `undefined` if it is invalid or not compact. */
  #nextItem(from: JsonBytes, end: number, contentTypes: readonly string[]): KeyedItem | undefined {
    try {
      const item = this.#reader.read(from, contentTypes);
      if (from.at === end || (from.tryByte(COMMA) && from.at < end)) return item;
    } catch {
      // The complete parser finds the error, if there is one.
    }
    return undefined;
  }

  *#parsedItems(items: Iterable<RawItem>, contentTypes: readonly string[]): Generator<KeyedItem> {
    for (const item of items) {
      const key = this.#codec.fromItem(item.attributes);
      yield { key, bodies: itemBodies(item, this.#surplus, contentTypes) };
    }
  }
}

/**
 * Parses a page without the bytes between its first and its last array bracket, which are usually the items. Returns
 * `undefined` if these bytes are not the items, contain other members as well, or the rest is invalid.
 */
const frameOf = (bytes: Uint8Array, start: number, end: number): RawPage | undefined => {
  try {
    const frame = rawPage(joined([bytes.subarray(0, start), bytes.subarray(end)]));
    return mayHoldMembers(bytes, start, end) ? undefined : frame;
  } catch {
    // The complete parser finds the error, if there is one.
  }
  return undefined;
};

/**
 * Whether members of the page may begin between `start` and `end`: after the end of an array, a comma and a quote. In
 * DynamoDB's compact items, this sequence occurs only at the end of a string.
 */
const mayHoldMembers = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = bytes.indexOf(CLOSE_ARRAY, start); at < end; at = bytes.indexOf(CLOSE_ARRAY, at + 1)) {
    const next = afterSpace(bytes, at + 1);
    if (bytes[next] === COMMA && bytes[afterSpace(bytes, next + 1)] === QUOTE) return true;
  }
  return false;
};

const afterSpace = (bytes: Uint8Array, start: number): number => {
  let at = start;
  while ((bytes[at] ?? QUOTE) <= SPACE) at += 1;
  return at;
};
