import type { Body, EntryKey } from '../../domain/cache/cache-entry.ts';

import { SourceRefusedError, SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { AttributeMap } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { itemBodies } from '../../domain/dynamodb/json/item-bodies.ts';

import type { RawBatch, RawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import { MalformedNameError } from '../../domain/dynamodb/model/errors.ts';
import { KeyCodec } from '../../domain/dynamodb/model/key-codec.ts';
import { Projection } from '../../domain/dynamodb/model/projection.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import { BatchReader, SingleItemReader } from '../../domain/dynamodb/operations/batch-reader.ts';
import type { KeyedItem } from '../../domain/dynamodb/operations/item-reader.ts';
import { PageReader } from '../../domain/dynamodb/operations/page-reader.ts';

import type { Clock } from '../../ports/outbound/clock.ts';
import type { GroupCursor, GroupPage, ReadOptions, SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { UpstreamCall } from './dynamodb-upstream.ts';

/** How long the items of one answer are read while others wait. */
const SLICE_MS = 5;

/** The answer to a batch, by the text of the keys. */
export interface SortedBatch<Item> {
  readonly found: ReadonlyMap<string, Item>;
  /** Keys that DynamoDB did not get to. */
  readonly skipped: ReadonlySet<string>;
}

/** One table as the source sees it: how it is asked, and what its items are. */
export class SourceTable {
  readonly spec: TableSpec;
  readonly #codec: KeyCodec;
  readonly #projection: Projection;
  readonly #pages: PageReader;
  readonly #single: SingleItemReader;
  readonly #batches: BatchReader;

  constructor(spec: TableSpec) {
    this.spec = spec;
    this.#codec = new KeyCodec(spec);
    this.#projection = new Projection(spec);
    this.#pages = new PageReader(spec);
    this.#single = new SingleItemReader(spec);
    this.#batches = new BatchReader(spec);
  }

  getItem(key: EntryKey, want: ReadOptions): UpstreamCall {
    return {
      operation: 'GetItem',
      input: {
        TableName: this.spec.table,
        Key: this.#codec.toAttributes(key),
        ConsistentRead: this.#isConsistent(want),
        ...this.#projection.request,
      },
    };
  }

  batchGetItem(keys: readonly EntryKey[], want: ReadOptions): UpstreamCall {
    const request = {
      Keys: keys.map((key) => this.#codec.toAttributes(key)),
      ConsistentRead: this.#isConsistent(want),
      ...this.#projection.request,
    };
    return { operation: 'BatchGetItem', input: { RequestItems: { [this.spec.table]: request } } };
  }

  scan({ part, parts, position }: GroupCursor, want: ReadOptions): UpstreamCall {
    return {
      operation: 'Scan',
      input: {
        TableName: this.spec.table,
        Segment: part,
        TotalSegments: parts,
        ...(typeof position === 'string' ? { ExclusiveStartKey: JSON.parse(position) } : {}),
        ConsistentRead: this.#isConsistent(want),
        ...this.#projection.request,
      },
    };
  }

  /** A Scan of one item, whose answer tells the keys of the table. It costs a read of that item. */
  scanOne(want: ReadOptions): UpstreamCall {
    return {
      operation: 'Scan',
      input: {
        TableName: this.spec.table,
        Limit: 1,
        ConsistentRead: this.#isConsistent(want),
        ...this.#projection.request,
      },
    };
  }

  /**
   * The key of what DynamoDB sent in answer to a read by key.
   *
   * @throws {SourceUnavailableError} if it has no key of the table
   */
  keyOf(attributes: AttributeMap): EntryKey {
    try {
      return this.#codec.fromItem(attributes);
    } catch (error) {
      if (error instanceof MalformedNameError) throw notAsked(this.spec);
      throw error;
    }
  }

  /**
   * Sorts the answer to a batch by key.
   *
   * @throws {SourceUnavailableError} if it says something of a key that was not asked for, or twice of the same key
   */
  batch(keys: readonly EntryKey[], { items, unprocessed }: RawBatch): SortedBatch<RawItem> {
    const found = items?.map((item) => [this.keyOf(item.attributes), item] as const);
    return this.#sorted(keys, found, unprocessed);
  }

  #sorted<Item>(
    keys: readonly EntryKey[],
    items: readonly (readonly [EntryKey, Item])[] | undefined,
    unprocessed: readonly AttributeMap[],
  ): SortedBatch<Item> {
    const open = new Set(keys.map((key) => key.text));
    const take = ({ text }: EntryKey): string => {
      if (!open.delete(text)) throw notAsked(this.spec);
      return text;
    };
    const found = new Map((items ?? []).map(([key, item]) => [take(key), item]));
    const skipped = new Set(unprocessed.map((attributes) => take(this.keyOf(attributes))));
    // Keys are absent only if the answer speaks of the table.
    if (items === undefined && open.size > 0) throw notAsked(this.spec);
    return { found, skipped };
  }

  /**
   * @throws {SourceUnavailableError} if the item has another key, holds what is no attribute value, or is nested too deep to
   * be read
   */
  answer(
    key: EntryKey,
    askedAt: number,
    item: RawItem | undefined,
    contentTypes: readonly string[],
  ): SourceAnswer {
    if (item === undefined) return { key, askedAt, bodies: [] };
    if (this.keyOf(item.attributes).text !== key.text) throw notAsked(this.spec);
    try {
      return { key, askedAt, bodies: itemBodies(item, this.#projection.surplus, contentTypes) };
    } catch (error) {
      throw this.#asSourceError(error);
    }
  }

  /** The item in the answer to a GetItem, if that can be read without parsing it. */
  plainlyAnswered(
    bytes: Uint8Array,
    key: EntryKey,
    askedAt: number,
    contentTypes: readonly string[],
  ): SourceAnswer | undefined {
    const bodies = this.#single.read(bytes, key, contentTypes);
    return bodies && { key, askedAt, bodies };
  }

  /**
   * The bodies in the answer to a batch, if that can be read without parsing it. Others run between its items.
   *
   * @throws {SourceUnavailableError} by rejection, as `batch` does
   */
  async plainBatch(
    keys: readonly EntryKey[],
    bytes: Uint8Array,
    contentTypes: readonly string[],
    clock: Clock,
  ): Promise<SortedBatch<readonly Body[]> | undefined> {
    const reading = this.#batches.read(bytes, contentTypes);
    let startedAt = clock.monotonic();
    for (;;) {
      const { done, value } = reading.next();
      if (done === true) return value && this.#sorted(keys, value.items, value.unprocessed);
      if (clock.monotonic() - startedAt < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      startedAt = clock.monotonic();
    }
  }

  /** What the answer to a scan holds. @throws {SourceUnavailableError} if it cannot be read */
  page(
    bytes: Uint8Array,
    { part, parts }: GroupCursor,
    askedAt: number,
    { contentTypes }: ReadOptions,
  ): GroupPage {
    const { items, lastKey } = this.#pages.read(bytes, contentTypes);
    const answers = this.#answers(items, askedAt);
    return lastKey === undefined ? { answers } : { answers, next: { part, parts, position: lastKey } };
  }

  *#answers(items: Iterable<KeyedItem>, askedAt: number): Generator<SourceAnswer> {
    try {
      for (const { key, bodies } of items) yield { key, askedAt, bodies };
    } catch (error) {
      throw this.#asSourceError(error);
    }
  }

  #asSourceError(error: unknown): unknown {
    if (error instanceof SyntaxError || isTooDeep(error)) {
      return new SourceUnavailableError('the answer of DynamoDB cannot be read', { cause: error });
    }
    if (!(error instanceof MalformedNameError)) return error;
    return new SourceRefusedError(
      `the key of the table ${this.spec.table} is not what the configuration says: check hashKey, sortKey and their types`,
      { cause: error },
    );
  }

  #isConsistent({ consistent }: ReadOptions): boolean {
    return this.spec.consistentRead || consistent === true;
  }
}

/** The answer may belong to another request: a program in between, or the connection, has mixed them up. */
const notAsked = ({ table }: TableSpec): SourceUnavailableError =>
  new SourceUnavailableError(`DynamoDB answered for another key of the table ${table} than was asked for`);

/** Whether the stack was too short for what is nested: DynamoDB nests 32 deep, so this is not its own. */
const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
