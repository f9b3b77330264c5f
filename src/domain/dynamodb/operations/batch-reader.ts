import type { Body, EntryKey } from '../../cache/cache-entry.ts';

import { PLAIN, TYPED } from '../json/dynamodb-json.ts';
import { CLOSE_ARRAY, CLOSE_OBJECT, JsonBytes } from '../json/json-bytes.ts';
import { type RawBatch, rawBatch } from '../json/raw-answer.ts';
import { Projection } from '../model/projection.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { ItemJsonReader } from './item-reader.ts';

const OPENING = new TextEncoder().encode('{"Item":');

/** Reads answers to a `GetItem` of one table from their bytes, without making objects of them. */
export class SingleItemReader {
  readonly #reader: ItemJsonReader;
  readonly #hasSurplus: boolean;

  constructor(spec: TableSpec) {
    this.#reader = new ItemJsonReader(spec);
    this.#hasSurplus = new Projection(spec).surplus.size > 0;
  }

  /**
   * The bodies of the item in an answer. `undefined` if the answer is not written as DynamoDB writes it, or holds anything else
   * than the item with this key, which a caller must then find out by parsing it.
   */
  read(answer: Uint8Array, key: EntryKey, contentTypes: readonly string[]): readonly Body[] | undefined {
    const isMade = (type: string) => type === PLAIN || (type === TYPED && !this.#hasSurplus);
    if (!contentTypes.every(isMade)) return undefined;
    const from = new JsonBytes(answer, 0);
    try {
      if (!from.takesAll(OPENING)) return undefined;
      const item = this.#reader.read(from, contentTypes, answer.length);
      from.take(CLOSE_OBJECT);
      return from.at === answer.length && item.key.text === key.text ? item.bodies : undefined;
    } catch {
      // A reader of any JSON finds out what is wrong.
      return undefined;
    }
  }
}

/** What a batch has of one table. */
export interface ReadBatch {
  readonly items: readonly (readonly [EntryKey, readonly Body[]])[];
  readonly unprocessed: RawBatch['unprocessed'];
}

const encoder = new TextEncoder();

/** Reads answers to a `BatchGetItem` for one table from their bytes, without making objects of them. */
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
   * Yields after each item. `undefined` if the answer is not written as DynamoDB writes it, which a caller must then find out
   * by parsing it.
   */
  *read(answer: Uint8Array, contentTypes: readonly string[]): Generator<undefined, ReadBatch | undefined> {
    const isMade = (type: string) => type === PLAIN || (type === TYPED && !this.#hasSurplus);
    const from = new JsonBytes(answer, 0);
    if (!contentTypes.every(isMade) || !from.takesAll(this.#opening)) return undefined;
    const found: (readonly [EntryKey, readonly Body[]])[] = [];
    try {
      if (!from.takes(CLOSE_ARRAY)) {
        do {
          const { key, bodies } = this.#reader.read(from, contentTypes);
          found.push([key, bodies]);
          yield;
        } while (from.goesOn(CLOSE_ARRAY));
      }
      const { items, unprocessed } = rawBatch(this.#withoutItems(answer.subarray(from.at - 1)), this.#table);
      return items?.length === 0 ? { items: found, unprocessed } : undefined;
    } catch {
      // A reader of any JSON finds out what is wrong.
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
