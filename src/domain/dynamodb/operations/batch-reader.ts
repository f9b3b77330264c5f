import type { Body, EntryKey } from '../../cache/cache-entry.ts';

import { PLAIN, TYPED } from '../json/dynamodb-json.ts';
import { CLOSE_ARRAY, CLOSE_OBJECT, JsonBytes } from '../json/json-bytes.ts';
import { type RawBatch, rawBatch } from '../json/raw-answer.ts';
import { Projection } from '../model/projection.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { ItemJsonReader } from './item-reader.ts';

const OPENING = new TextEncoder().encode('{"Item":');

/** Reads answers to a `GetItem` of one table directly from their bytes, without parsing them into objects. */
export class SingleItemReader {
  readonly #reader: ItemJsonReader;
  readonly #hasSurplus: boolean;

  constructor(spec: TableSpec) {
    this.#reader = new ItemJsonReader(spec);
    this.#hasSurplus = new Projection(spec).surplus.size > 0;
  }

  /**
   * Returns the bodies of the item with this key. Returns `undefined` if the answer is not in DynamoDB's compact format, or
   * contains anything else. The caller must then parse the answer.
   */
  read(answer: Uint8Array, key: EntryKey, contentTypes: readonly string[]): readonly Body[] | undefined {
    const isMade = (type: string) => type === PLAIN || (type === TYPED && !this.#hasSurplus);
    if (!contentTypes.every(isMade)) return undefined;
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

const encoder = new TextEncoder();

/** Reads answers to a `BatchGetItem` of one table directly from their bytes, without parsing them into objects. */
export class BatchReader {
  readonly #reader: ItemJsonReader;
  readonly #hasSurplus: boolean;
  readonly #opening: Uint8Array;
  readonly #table: string;

  constructor(spec: TableSpec) {
    this.#reader = new ItemJsonReader(spec);
    this.#hasSurplus = new Projection(spec).surplus.size > 0;
    this.#table = spec.table;
    this.#opening = encoder.encode(`{"Responses":{${JSON.stringify(spec.table)}:[`);
  }

  /**
   * Reads an answer, yielding after each item. Returns `undefined` if the answer is not in DynamoDB's compact format. The
   * caller must then parse the answer.
   */
  *read(answer: Uint8Array, contentTypes: readonly string[]): Generator<undefined, ReadBatch | undefined> {
    const isMade = (type: string) => type === PLAIN || (type === TYPED && !this.#hasSurplus);
    const from = new JsonBytes(answer, 0);
    if (!contentTypes.every(isMade) || !from.tryBytes(this.#opening)) return undefined;
    const found: (readonly [EntryKey, readonly Body[]])[] = [];
    try {
      if (!from.tryByte(CLOSE_ARRAY)) {
        do {
          const { key, bodies } = this.#reader.read(from, contentTypes);
          found.push([key, bodies]);
          yield;
        } while (from.hasMore(CLOSE_ARRAY));
      }
      const { items, unprocessed } = rawBatch(this.#withoutItems(answer.subarray(from.at - 1)), this.#table);
      return items?.length === 0 ? { items: found, unprocessed } : undefined;
    } catch {
      // The caller's complete parser finds the error, if there is one.
      return undefined;
    }
  }

  #withoutItems(rest: Uint8Array): Uint8Array {
    const frame = new Uint8Array(this.#opening.length + rest.length);
    frame.set(this.#opening);
    frame.set(rest, this.#opening.length);
    return frame;
  }
}
