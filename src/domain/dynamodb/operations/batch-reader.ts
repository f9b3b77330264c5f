import type { Body, EntryKey } from '../../cache/cache-entry.ts';

import { CLOSE_ARRAY, JsonBytes } from '../json/json-bytes.ts';
import { type RawBatch, rawBatch } from '../json/raw-answer.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { ItemJsonReader } from './item-reader.ts';

/** What a batch has of one table. */
export interface ReadBatch {
  readonly items: readonly (readonly [EntryKey, readonly Body[]])[];
  readonly unprocessed: RawBatch['unprocessed'];
}

const encoder = new TextEncoder();

/** Reads answers to a `BatchGetItem` for one table from their bytes, without making objects of them. */
export class BatchReader {
  readonly #reader: ItemJsonReader;
  readonly #opening: Uint8Array;
  readonly #table: string;

  constructor(spec: TableSpec) {
    this.#reader = new ItemJsonReader(spec);
    this.#table = spec.table;
    this.#opening = encoder.encode(`{"Responses":{${JSON.stringify(spec.table)}:[`);
  }

  /**
   * Yields after each item. `undefined` if the answer is not written as DynamoDB writes it, which a caller must then find out
   * by parsing it.
   */
  *read(answer: Uint8Array, contentTypes: readonly string[]): Generator<undefined, ReadBatch | undefined> {
    const from = new JsonBytes(answer, 0);
    if (!this.#reader.canMake(contentTypes) || !from.takesAll(this.#opening)) return undefined;
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
