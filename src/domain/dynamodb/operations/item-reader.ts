import type { Body, EntryKey } from '../../cache/cache-entry.ts';

import { PLAIN } from '../json/dynamodb-json.ts';
import { type JsonBytes, standsAt, unusual } from '../json/json-bytes.ts';
import { type MemberFilter, PlainWriter } from '../json/plain-writer.ts';
import { KeyCodec } from '../model/key-codec.ts';
import { Projection } from '../model/projection.ts';
import type { KeyAttribute, TableSpec } from '../model/table-spec.ts';

/** An item by its key, with one body for each content type wanted. */
export interface KeyedItem {
  readonly key: EntryKey;
  readonly bodies: readonly Body[];
}

const BACKSLASH = '\\';
const encoder = new TextEncoder();

/**
 * Reads items of one table from the bytes of an answer, without making objects of them. Where they are written in another
 * way than programs write them, or lack their key, it throws, and does not say that they are wrong.
 */
export class ItemJsonReader {
  readonly #codec: KeyCodec;
  readonly #writer = new PlainWriter();
  readonly #hashKey: Uint8Array;
  readonly #sortKey: Uint8Array | undefined;
  readonly #surplus: readonly Uint8Array[];
  /** Of the item that is being read. */
  #hash: string | undefined;
  #sort: string | undefined;

  constructor(spec: TableSpec) {
    this.#codec = new KeyCodec(spec);
    this.#hashKey = upToValue(spec.hashKey);
    this.#sortKey = spec.sortKey && upToValue(spec.sortKey);
    this.#surplus = [...new Projection(spec).surplus].map((name) =>
      encoder.encode(`${JSON.stringify(name)}:`),
    );
  }

  /** The item that is read next, no longer than `longest` if that is given. Its bytes are parts of larger pieces, and stay as they are. */
  read(from: JsonBytes, contentTypes: readonly string[], longest = 0): KeyedItem {
    const { at } = from;
    this.#hash = undefined;
    this.#sort = undefined;
    const plain = this.#writer.write(from, this.#filter, longest);
    if (this.#hash === undefined) throw unusual();
    const key = this.#codec.fromText(this.#hash, this.#sort);
    const bodies = contentTypes.map((contentType) => ({
      contentType,
      bytes: contentType === PLAIN ? plain : from.bytes.subarray(at, from.at),
    }));
    return { key, bodies };
  }

  readonly #filter: MemberFilter = (from, at) => {
    if (standsAt(from.bytes, at, this.#hashKey)) this.#hash = textIn(from, at + this.#hashKey.length);
    else if (this.#sortKey !== undefined && standsAt(from.bytes, at, this.#sortKey))
      this.#sort = textIn(from, at + this.#sortKey.length);
    for (const name of this.#surplus) if (standsAt(from.bytes, at, name)) return false;
    return true;
  };
}

/** The string that begins at `start` and is all of an attribute but its last sign, up to which was read. */
const textIn = (from: JsonBytes, start: number): string => {
  const text = from.text(start + 1, from.at - 2);
  return text.includes(BACKSLASH) ? JSON.parse(`"${text}"`) : text;
};

/** A key attribute as far as it is the same in all items. */
const upToValue = ({ name, type }: KeyAttribute): Uint8Array =>
  encoder.encode(`${JSON.stringify(name)}:{"${type}":`);
