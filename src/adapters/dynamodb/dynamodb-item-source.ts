import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { type RawItem, rawBatch, rawItem } from '../../domain/dynamodb/raw-answer.ts';
import type { TableSpec } from '../../domain/dynamodb/table-spec.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  BatchAnswer,
  GroupCursor,
  GroupPage,
  ItemSource,
  SourceAnswer,
  Want,
} from '../../ports/item-source.ts';
import { asSourceError, isTooLong } from './source-errors.ts';
import { SourceTable } from './source-table.ts';
import type { Upstream, UpstreamCall } from './upstream.ts';

/** Reads items of DynamoDB tables: one by one, in batches, and whole tables by parallel scans. */
export class DynamoDbItemSource implements ItemSource {
  /** What one BatchGetItem takes. */
  readonly batchLimit = 100;
  readonly #tables: ReadonlyMap<string, SourceTable>;
  readonly #upstream: Upstream;
  readonly #clock: Clock;

  /** @param specs the tables; groups are their names */
  constructor(specs: readonly TableSpec[], upstream: Upstream, clock: Clock) {
    this.#tables = new Map(specs.map((spec) => [spec.name, new SourceTable(spec)]));
    this.#upstream = upstream;
    this.#clock = clock;
  }

  async read(key: EntryKey, want: Want): Promise<SourceAnswer> {
    const table = this.#tableOf(key.group);
    const askedAt = this.#clock.now();
    const item = rawItem(await this.#send(table, table.getItem(key, want), want));
    return table.answer(key, askedAt, item, want.contentTypes);
  }

  async readMany(keys: readonly EntryKey[], want: Want): Promise<BatchAnswer> {
    const [first] = keys;
    if (first === undefined) return { answers: [], unprocessed: [] };
    const table = this.#tableOf(first.group);
    const askedAt = this.#clock.now();
    const bytes = await this.#batch(table, keys, want);
    if (bytes === undefined) return this.#readHalf(keys, want);
    const batch = rawBatch(bytes);
    const found = new Map<string, RawItem>();
    for (const item of batch.items) found.set(table.keyOf(item.attributes).text, item);
    const skipped = new Set(batch.unprocessed.map((attributes) => table.keyOf(attributes).text));
    return {
      answers: keys
        .filter((key) => !skipped.has(key.text))
        .map((key) => table.answer(key, askedAt, found.get(key.text), want.contentTypes)),
      unprocessed: keys.filter((key) => skipped.has(key.text)),
    };
  }

  async readGroup(group: string, cursor: GroupCursor, want: Want): Promise<GroupPage> {
    const table = this.#tableOf(group);
    const askedAt = this.#clock.now();
    const bytes = await this.#send(table, table.scan(cursor, want), want);
    return table.page(bytes, cursor, askedAt, want);
  }

  dropConnections(): void {
    this.#upstream.dropConnections?.();
  }

  /** The answer for these keys; undefined if it is too long to be read whole, and fewer keys make a shorter one. */
  async #batch(table: SourceTable, keys: readonly EntryKey[], want: Want): Promise<Uint8Array | undefined> {
    try {
      return await this.#send(table, table.batchGetItem(keys, want), want);
    } catch (error) {
      if (keys.length > 1 && isTooLong(error)) return undefined;
      throw error;
    }
  }

  async #readHalf(keys: readonly EntryKey[], want: Want): Promise<BatchAnswer> {
    const half = Math.ceil(keys.length / 2);
    const { answers, unprocessed } = await this.readMany(keys.slice(0, half), want);
    return { answers, unprocessed: [...unprocessed, ...keys.slice(half)] };
  }

  async #send({ spec }: SourceTable, call: UpstreamCall, { signal }: Want): Promise<Uint8Array> {
    try {
      return await this.#upstream.send(call, spec.region, signal);
    } catch (error) {
      throw asSourceError(error, { operation: call.operation, table: spec.table, signal });
    }
  }

  #tableOf(group: string): SourceTable {
    const table = this.#tables.get(group);
    if (table === undefined) throw new RangeError('a key of a group that is no table of this source');
    return table;
  }
}
