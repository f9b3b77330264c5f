import type { Body } from '../../cache/body.ts';
import type { EntryKey } from '../../cache/entry-key.ts';
import { PLAIN, TYPED } from '../json/content-types.ts';
import { CLOSE_OBJECT, JsonBytes } from '../json/json-bytes.ts';
import { Projection } from '../model/projection.ts';
import type { TableSpec } from '../model/table-spec.ts';
import { ItemReader } from './item-reader.ts';

const OPENING = new TextEncoder().encode('{"Item":');

/** Reads answers to a `GetItem` of one table from their bytes, without making objects of them. */
export class SingleItemReader {
  readonly #reader: ItemReader;
  readonly #hasSurplus: boolean;

  constructor(spec: TableSpec) {
    this.#reader = new ItemReader(spec);
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
