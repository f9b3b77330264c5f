import { PLAIN, TYPED } from '../json/dynamodb-json.ts';
import { itemBodies } from '../json/item-bodies.ts';

import { CLOSE_ARRAY, COMMA, JsonBytes, OPEN_ARRAY, QUOTE } from '../json/json-bytes.ts';
import { type RawItem, type RawPage, rawPage } from '../json/raw-answer.ts';
import { KeyCodec } from '../model/key-codec.ts';
import { Projection } from '../model/projection.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { ItemJsonReader, type KeyedItem } from './item-reader.ts';

/** What the answer to a Scan holds. */
export interface ItemPage {
  /**
   * Each is read when it is taken. Throws a `SourceUnavailableError` or a `SyntaxError` at one that cannot be read, a
   * `MalformedNameError` at one without the key of the table.
   */
  readonly items: Iterable<KeyedItem>;
  /** JSON of the key at which the page ended; absent on the last one. */
  readonly lastKey?: string;
}

const encoder = new TextEncoder();
const OPENING = encoder.encode('{"Items":[');
const CLOSING = encoder.encode('}');

/** The greatest sign that is white space in JSON; what else is less stands nowhere in it. */
const SPACE = 0x20;

/** Reads pages of one table: byte by byte as long as they are written as DynamoDB writes, as any JSON from there on. */
export class PageReader {
  readonly #codec: KeyCodec;
  readonly #surplus: ReadonlySet<string>;
  readonly #reader: ItemJsonReader;

  constructor(spec: TableSpec) {
    this.#codec = new KeyCodec(spec);
    this.#surplus = new Projection(spec).surplus;
    this.#reader = new ItemJsonReader(spec);
  }

  /** @throws {SourceUnavailableError} if the answer cannot be read */
  read(bytes: Uint8Array, contentTypes: readonly string[]): ItemPage {
    const start = bytes.indexOf(OPEN_ARRAY) + 1;
    const end = bytes.lastIndexOf(CLOSE_ARRAY);
    const frame = this.#makes(contentTypes) ? frameOf(bytes, start, end) : undefined;
    if (frame !== undefined) return { ...frame, items: this.#items(bytes, start, end, contentTypes) };
    const page = rawPage(bytes);
    return { ...page, items: this.#asAnyJson(page.items, contentTypes) };
  }

  #makes(contentTypes: readonly string[]): boolean {
    return contentTypes.every((type) => type === PLAIN || (type === TYPED && this.#surplus.size === 0));
  }

  /** Those that begin at `start`, of which the last one ends before `end`. */
  *#items(
    bytes: Uint8Array,
    start: number,
    end: number,
    contentTypes: readonly string[],
  ): Generator<KeyedItem> {
    const from = new JsonBytes(bytes, start);
    while (from.at !== end) {
      const { at } = from;
      const item = this.#itemIn(from, end, contentTypes);
      if (item === undefined) {
        const rest = rawPage(joined(OPENING, bytes.subarray(at, end + 1), CLOSING));
        yield* this.#asAnyJson(rest.items, contentTypes);
        return;
      }
      yield item;
    }
  }

  /** The item that is read next, and what stands before the one after it; `undefined` where that is unusual. */
  #itemIn(from: JsonBytes, end: number, contentTypes: readonly string[]): KeyedItem | undefined {
    try {
      const item = this.#reader.read(from, contentTypes);
      if (from.at === end || (from.takes(COMMA) && from.at < end)) return item;
    } catch {
      // What is wrong will be found out by who reads it anew.
    }
    return undefined;
  }

  *#asAnyJson(items: Iterable<RawItem>, contentTypes: readonly string[]): Generator<KeyedItem> {
    for (const item of items) {
      const key = this.#codec.fromItem(item.attributes);
      yield { key, bodies: itemBodies(item, this.#surplus, contentTypes) };
    }
  }
}

/**
 * A page without what lies between the beginning of its first array and the end of its last one, so that it is short;
 * `undefined` where that leaves no page, because the items are not the first, are not all that lies there, or something is
 * wrong.
 */
const frameOf = (bytes: Uint8Array, start: number, end: number): RawPage | undefined => {
  try {
    const frame = rawPage(joined(bytes.subarray(0, start), bytes.subarray(end)));
    return mayHoldMembers(bytes, start, end) ? undefined : frame;
  } catch {
    // What is wrong will be found out by who reads all of it.
  }
  return undefined;
};

/**
 * Whether members of the page may begin between `start` and `end`: where an array ends, and a comma and a quote follow. In
 * items written as DynamoDB writes, that is only where a text ends with these signs.
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

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
