import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import {
  type CacheError,
  GroupRefusedError,
  SourceRefusedError,
  SourceUnavailableError,
} from '../../domain/cache/errors.ts';
import { rawBatch, rawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import { requestedName } from '../../domain/dynamodb/model/table-identity.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type {
  BatchAnswer,
  GroupCheck,
  GroupCursor,
  GroupPage,
  ItemSource,
  ReadOptions,
  SourceAnswer,
} from '../../ports/outbound/item-source.ts';
import { ResponseTooLongError } from '../aws/http-client/transport-error.ts';
import { ServiceError, serviceFailure } from '../aws/service-errors.ts';
import type { Upstream, UpstreamCall } from './dynamodb-upstream.ts';
import { checkKeySchema, SourceTable } from './source-table.ts';

/** Reads items of DynamoDB tables: one by one, in batches, and whole tables by parallel scans. */
export class DynamoDbItemSource implements ItemSource {
  /** The limit of BatchGetItem. */
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

  async read(key: EntryKey, options: ReadOptions): Promise<SourceAnswer> {
    const table = this.#tableOf(key.group);
    const askedAt = this.#clock.now();
    return this.#read(
      table,
      table.getItem(key, options),
      options,
      (body) =>
        table.plainlyAnswered(body, key, askedAt, options.contentTypes) ??
        table.answer(key, askedAt, rawItem(body), options.contentTypes),
    );
  }

  async readMany(keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer> {
    const [first] = keys;
    if (first === undefined) return { answers: [], unprocessed: [] };
    const table = this.#tableOf(first.group);
    const askedAt = this.#clock.now();
    const read = this.#read(table, table.batchGetItem(keys, options), options, async (body) => {
      const plain = await table.plainBatch(keys, body, options.contentTypes, this.#clock);
      if (plain !== undefined) {
        return batchAnswer(keys, plain.skipped, (key) => ({
          key,
          askedAt,
          bodies: plain.found.get(key.text) ?? [],
        }));
      }
      const { found, skipped } = table.batch(keys, rawBatch(body, requestedName(table.spec)));
      return batchAnswer(keys, skipped, (key) =>
        table.answer(key, askedAt, found.get(key.text), options.contentTypes),
      );
    });
    // Fewer keys give a shorter response.
    return read.catch((error: unknown) => {
      if (keys.length > 1 && isTooLong(error)) return this.#readHalf(keys, options);
      throw error;
    });
  }

  async checkGroup(group: string, options: ReadOptions): Promise<GroupCheck> {
    const table = this.#tableOf(group);
    return this.#read(table, table.scanOne(options), options, (body) => checkKeySchema(table.spec, body));
  }

  async readGroup(group: string, cursor: GroupCursor, options: ReadOptions): Promise<GroupPage> {
    const table = this.#tableOf(group);
    const askedAt = this.#clock.now();
    return this.#read(table, table.scan(cursor, options), options, (body) =>
      table.page(body, cursor, askedAt, options),
    );
  }

  dropConnections(): void {
    this.#upstream.dropConnections?.();
  }

  /** Makes a call and reads the response. An unreadable response may belong to another request, so its connection is closed. */
  async #read<Answer>(
    { spec }: SourceTable,
    call: UpstreamCall,
    { signal }: ReadOptions,
    read: (body: Uint8Array) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    let discard: (() => void) | undefined;
    let body: Uint8Array;
    try {
      const { role } = spec;
      const signed = role === undefined ? call : { ...call, role };
      body = await this.#upstream.send(signed, spec.region, signal, (given) => {
        discard = given;
      });
    } catch (error) {
      const table = requestedName(spec);
      throw asSourceError(error, { operation: call.operation, table, role: spec.role, signal });
    }
    try {
      return await read(body);
    } catch (error) {
      if (error instanceof SourceUnavailableError) discard?.();
      throw error;
    }
  }

  async #readHalf(keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer> {
    const half = Math.ceil(keys.length / 2);
    const { answers, unprocessed } = await this.readMany(keys.slice(0, half), options);
    return { answers, unprocessed: [...unprocessed, ...keys.slice(half)] };
  }

  #tableOf(group: string): SourceTable {
    const table = this.#tables.get(group);
    if (table === undefined) throw new RangeError('the group of the key is not a table of this source');
    return table;
  }
}

const batchAnswer = (
  keys: readonly EntryKey[],
  skipped: ReadonlySet<string>,
  answerTo: (key: EntryKey) => SourceAnswer,
): BatchAnswer => ({
  answers: keys.filter((key) => !skipped.has(key.text)).map(answerTo),
  unprocessed: keys.filter((key) => skipped.has(key.text)),
});

/** The read that failed. */
interface FailedCall {
  readonly operation: string;
  readonly table: string;
  /** The role that signs the call; absent for the function's own. */
  readonly role?: AssumedRole | undefined;
  readonly signal: AbortSignal;
}

/** Hints for refusals, by error name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', 'there is no such table, check table and region'],
  ['ValidationException', 'check hashKey, sortKey, their types and fields against the table'],
]);

/** Converts an error of a call to a domain error, which has it as its cause. The message contains no key value. */
export const asSourceError = (cause: unknown, { operation, table, role, signal }: FailedCall): CacheError => {
  const failure = serviceFailure(cause, {
    service: 'DynamoDB',
    subject: `${operation} of the table ${table}`,
    permission: `dynamodb:${operation} on the table`,
    role,
    hints: HINTS,
    signal,
  });
  // Listed keys have the configured shape, so every batch of the table would fail.
  const deniesGroup =
    operation === 'BatchGetItem' &&
    failure instanceof SourceRefusedError &&
    cause instanceof ServiceError &&
    cause.deniesKey;
  return deniesGroup ? new GroupRefusedError(failure.message, { cause }) : failure;
};

/** Whether a read failed because its response exceeds the limit for reading it whole. */
const isTooLong = (error: unknown): boolean =>
  error instanceof SourceUnavailableError && error.cause instanceof ResponseTooLongError;
