import { joined } from '../../cache/body-collector.ts';
import type { Body, EntryKey } from '../../cache/cache-entry.ts';
import { JsonBytes } from '../../json/json-bytes.ts';
import { CLOSE_ARRAY } from '../../json/json-signs.ts';
import { type RawBatch, rawBatch } from '../json/raw-answer.ts';
import { requestedName } from '../model/table-identity.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { ItemJsonReader } from './item-reader.ts';

/** The items and unprocessed keys of one table in a batch. */
export interface ReadBatch {
  readonly items: readonly (readonly [EntryKey, readonly Body[]])[];
  readonly unprocessed: RawBatch['unprocessed'];
}

const encoder = new TextEncoder();

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
