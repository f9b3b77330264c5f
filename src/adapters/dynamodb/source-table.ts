import type { Body, EntryKey } from '../../domain/cache/cache-entry.ts';
import { GroupRefusedError, SourceRefusedError, SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { AttributeMap } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { itemBodies } from '../../domain/dynamodb/json/item-bodies.ts';
import { type RawBatch, type RawItem, rawPage } from '../../domain/dynamodb/json/raw-answer.ts';
import { MalformedNameError } from '../../domain/dynamodb/model/errors.ts';
import { KeyCodec } from '../../domain/dynamodb/model/key-codec.ts';
import { Projection } from '../../domain/dynamodb/model/projection.ts';
import { requestedName } from '../../domain/dynamodb/model/table-identity.ts';
import type { KeyAttribute, TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import {
  BatchReader,
  type KeyedItem,
  SingleItemReader,
} from '../../domain/dynamodb/operations/item-reader.ts';
import { PageReader } from '../../domain/dynamodb/operations/page-reader.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type {
  GroupCheck,
  GroupCursor,
  GroupPage,
  ReadOptions,
  SourceAnswer,
} from '../../ports/outbound/item-source.ts';
import type { UpstreamCall } from './dynamodb-upstream.ts';

/** Milliseconds for which the items of one response are read before other work runs. As in `application/time`, which adapters must not import. */
const SLICE_MS = 5;

/** The response to a batch, by the text of the keys. */
export interface SortedBatch<Item> {
  readonly found: ReadonlyMap<string, Item>;
  /** Keys that DynamoDB did not process. */
  readonly skipped: ReadonlySet<string>;
}

/** Builds the calls for one table, and reads the items in their responses. */
export class SourceTable {
  readonly spec: TableSpec;
  readonly #name: string;
  readonly #codec: KeyCodec;
  readonly #projection: Projection;
  readonly #pages: PageReader;
  readonly #single: SingleItemReader;
  readonly #batches: BatchReader;

  constructor(spec: TableSpec) {
    this.spec = spec;
    this.#name = requestedName(spec);
    this.#codec = new KeyCodec(spec);
    this.#projection = new Projection(spec);
    this.#pages = new PageReader(spec);
    this.#single = new SingleItemReader(spec);
    this.#batches = new BatchReader(spec);
  }

  getItem(key: EntryKey, options: ReadOptions): UpstreamCall {
    return {
      operation: 'GetItem',
      input: {
        TableName: this.#name,
        Key: this.#codec.toAttributes(key),
        ...this.#reading(options),
      },
    };
  }

  batchGetItem(keys: readonly EntryKey[], options: ReadOptions): UpstreamCall {
    const request = {
      Keys: keys.map((key) => this.#codec.toAttributes(key)),
      ...this.#reading(options),
    };
    return { operation: 'BatchGetItem', input: { RequestItems: { [this.#name]: request } } };
  }

  scan({ part, parts, position }: GroupCursor, options: ReadOptions): UpstreamCall {
    return {
      operation: 'Scan',
      input: {
        TableName: this.#name,
        Segment: part,
        TotalSegments: parts,
        ...(typeof position === 'string' ? { ExclusiveStartKey: JSON.parse(position) } : {}),
        ...this.#reading(options),
      },
    };
  }

  /** A Scan of one item, whose response contains the key attributes of the table. It consumes the read of that item. */
  scanOne(options: ReadOptions): UpstreamCall {
    return {
      operation: 'Scan',
      input: {
        TableName: this.#name,
        Limit: 1,
        ...this.#reading(options),
      },
    };
  }

  /**
   * The key of an item that DynamoDB returned for a read by key.
   *
   * @throws {SourceUnavailableError} if the item has no key of the table
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
   * Sorts the response to a batch by key.
   *
   * @throws {SourceUnavailableError} if it contains a key that was not requested, or a key twice
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
    // Items are absent only if the response names the table.
    if (items === undefined && open.size > 0) throw notAsked(this.spec);
    return { found, skipped };
  }

  /**
   * @throws {SourceUnavailableError} if the item has another key, contains an invalid attribute value, or is nested too deeply
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

  /** The item in the response to GetItem, if it can be read without parsing it. */
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
   * The bodies in the response to a batch, if it can be read without parsing it. Other work runs between the items.
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

  /** The items in the response to a Scan. @throws {SourceUnavailableError} if it cannot be read */
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
      `the key of the table ${this.#name} is not what the configuration says: check hashKey, sortKey and their types`,
      { cause: error },
    );
  }

  /** The members of a request that say how items are read. */
  #reading({ consistent }: ReadOptions) {
    return {
      ConsistentRead: this.spec.consistentRead || consistent === true,
      ...this.#projection.request,
    };
  }
}

/** The response may belong to another request: a proxy or the connection may have mixed them up. */
const notAsked = ({ table }: TableSpec): SourceUnavailableError =>
  new SourceUnavailableError(`DynamoDB answered for another key of the table ${table} than was asked for`);

/** Whether nesting exceeded the stack. DynamoDB nests at most 32 levels, so the response is not from DynamoDB. */
const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

/**
 * Compares the configured keys of a table with its real ones, by the response to a Scan of one item: DynamoDB ends a page at
 * its limit with a `LastEvaluatedKey`, which contains exactly the key attributes of the table.
 *
 * @throws {GroupRefusedError} if they differ; the message names attributes and types, never values
 * @throws {SourceUnavailableError} if the response cannot be read or does not contain the keys
 */
export const checkKeySchema = (spec: TableSpec, answer: Uint8Array): GroupCheck => {
  const { items, lastKey } = rawPage(answer);
  const [first] = items;
  if (lastKey !== undefined) {
    compare(spec, JSON.parse(lastKey));
    return { isEmpty: false };
  }
  if (first === undefined) return { isEmpty: true };
  throw new SourceUnavailableError(
    `the answer to a Scan of the table ${requestedName(spec)} does not tell its keys, so nothing of it is stored ahead`,
  );
};

const compare = (spec: TableSpec, key: AttributeMap): void => {
  const { hashKey, sortKey } = spec;
  const configured = sortKey === undefined ? [hashKey] : [hashKey, sortKey];
  const found = Object.entries(key).map(([name, value]) => `${name} (${Object.keys(value).join('')})`);
  if (isSame(found, configured.map(shown))) return;
  throw new GroupRefusedError(
    `the key attributes of the table ${requestedName(spec)} are ${inWords(found)}, but the configuration says ` +
      `${inWords(configured.map(shown))}: correct hashKey, sortKey and their types, and start again`,
  );
};

const shown = ({ name, type }: KeyAttribute): string => `${name} (${type})`;

const isSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && right.every((each) => left.includes(each));

const inWords = (names: readonly string[]): string => names.join(' and ');
