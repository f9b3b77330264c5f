import { hashOf } from '../../domain/cache/journal-page.ts';
import { tableReference } from '../../domain/dynamodb/model/configured-tables.ts';
import { MalformedNameError } from '../../domain/dynamodb/model/errors.ts';
import { type KeyNames, keyOfRecord } from '../../domain/dynamodb/model/recorded-key.ts';
import { journalScope } from '../../domain/dynamodb/model/table-identity.ts';
import { isObject, type JsonObject } from '../../domain/json/json-object.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { InvalidationJournal } from '../../ports/outbound/invalidation-journal.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { TableKeys } from './table-keys.ts';

export interface StreamHandlerParts {
  readonly journal: InvalidationJournal;
  /** Name of the table that holds the journal. */
  readonly journalTable: string;
  readonly tableKeys: Pick<TableKeys, 'of'>;
  /** Time-out of the announcement of one batch. */
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Receives metrics by name, for each announcement. */
  readonly count?: (metrics: Readonly<Record<string, number>>) => void;
}

/** The answer to Lambda with `ReportBatchItemFailures`: it repeats the batch from the first of these records. */
export interface StreamBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Announces the changes in the stream of a table, for writers that do not use the endpoint. */
export class StreamHandler {
  readonly #parts: StreamHandlerParts;

  constructor(parts: StreamHandlerParts) {
    this.#parts = parts;
  }

  /**
   * Announces one batch of records. All keys of a table are one announcement, however many there are, because its cost
   * depends on the pages of the journal and not on the keys. A repeated announcement does no harm.
   *
   * @param ownAccount the account of this function and its journal; if unknown, that of the streams
   * @throws {TypeError} by rejection, if the event does not come from a stream of DynamoDB
   */
  async handle(event: unknown, ownAccount?: string): Promise<StreamBatchResponse> {
    const changes = new Map<string, StreamChanges>();
    for (const record of recordsIn(event)) {
      const account = ownAccount ?? record.account;
      if (record.account === account && this.#isOfJournal(record)) continue;
      const scope = journalScope(record, { region: record.region, account });
      const known = changes.get(scope) ?? new StreamChanges(scope, record.sequenceNumber);
      changes.set(scope, known);
      const name = record.account === account ? record.table : record.arn;
      known.add(record, await this.#parts.tableKeys.of(name, record.region));
    }
    const failures = await Promise.all([...changes.values()].map((each) => this.#announce(each)));
    return { batchItemFailures: failures.flat() };
  }

  /** Announcing changes of the journal would change it again, without end. */
  #isOfJournal({ table }: StreamRecord): boolean {
    if (table !== this.#parts.journalTable) return false;
    this.#parts.logger.error('the stream of the journal is a source of this function; remove that source', {
      table,
    });
    return true;
  }

  /** @returns where Lambda must repeat the batch; empty if the changes are announced */
  async #announce(changes: StreamChanges): Promise<StreamBatchResponse['batchItemFailures']> {
    const { journal, clock, logger, timeoutMs, count = () => undefined } = this.#parts;
    const { scope, changed, unreadable, records, firstSequenceNumber } = changes;
    if (unreadable !== undefined) {
      logger.warn('a key cannot be read, so that the whole table is announced as changed; check TABLE_KEYS', {
        scope,
        ...unreadable,
      });
    }
    const abandoned = new AbortController();
    // This timer keeps the process running. The timers with which the journal waits for retries do not.
    const timer = setTimeout(() => abandoned.abort(), timeoutMs);
    try {
      await journal.announce({ scope, changed, isUnknown: false, at: clock.now() }, abandoned.signal);
      logger.info('the changes of a stream are announced', { scope, records });
      count({ Announcements: 1, FailedAnnouncements: 0, AnnouncedRecords: records });
      return [];
    } catch (error) {
      logger.error('the changes of a stream could not be announced; Lambda repeats the batch', {
        scope,
        records,
        error,
      });
      count({ Announcements: 0, FailedAnnouncements: 1, AnnouncedRecords: 0 });
      return [{ itemIdentifier: firstSequenceNumber }];
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The changes of one table in a batch. */
class StreamChanges {
  readonly scope: string;
  /** The record at which Lambda must repeat the batch if the changes cannot be announced. */
  readonly firstSequenceNumber: string;
  /** How many there are. */
  records = 0;
  /** The first record whose key could not be read. */
  unreadable: { readonly sequenceNumber: string; readonly reason: string } | undefined;
  readonly #hashes = new Set<number>();

  constructor(scope: string, firstSequenceNumber: string) {
    this.scope = scope;
    this.firstSequenceNumber = firstSequenceNumber;
  }

  /** A record whose key cannot be read may stand for any item. */
  get changed(): 'everything' | readonly number[] {
    return this.unreadable === undefined ? [...this.#hashes] : 'everything';
  }

  add({ keys, sequenceNumber }: StreamRecord, names: KeyNames): void {
    this.records += 1;
    try {
      this.#hashes.add(hashOf(keyOfRecord(keys, names)));
    } catch (error) {
      if (!(error instanceof MalformedNameError)) throw error;
      this.unreadable ??= { sequenceNumber, reason: error.message };
    }
  }
}

/** A change of one item, in a batch that Lambda reads from the stream of a table. */
interface StreamRecord {
  readonly table: string;
  /** ARN of the table. */
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  /** Identifies the record in the answer to Lambda. */
  readonly sequenceNumber: string;
  /** The key attributes in typed JSON, unchecked. */
  readonly keys: unknown;
}

/**
 * Reads the records of an event. With every view type of a stream, they have the keys of the items.
 *
 * @throws {TypeError} if the event does not come from a stream of DynamoDB. The message shows no values
 */
const recordsIn = (event: unknown): readonly StreamRecord[] => {
  const records: unknown = isObject(event) ? event.Records : undefined;
  if (!Array.isArray(records)) {
    throw new TypeError('the event has no Records: invoke the function by the stream of a DynamoDB table');
  }
  return records.map(recordIn);
};

const recordIn = (given: unknown, index: number): StreamRecord => {
  const record: JsonObject = isObject(given) ? given : {};
  const { eventSourceARN: arn, dynamodb } = record;
  const source = typeof arn === 'string' ? tableReference(arn) : undefined;
  if (typeof arn !== 'string' || source?.place === undefined || !source.isPart) {
    throw new TypeError(`record ${index} has no eventSourceARN of the stream of a DynamoDB table`);
  }
  const change: JsonObject = isObject(dynamodb) ? dynamodb : {};
  const { SequenceNumber: sequenceNumber, Keys: keys } = change;
  if (typeof sequenceNumber !== 'string' || sequenceNumber === '') {
    throw new TypeError(`record ${index} has no SequenceNumber`);
  }
  const { table, place } = source;
  return { table, arn: arn.replace(/\/stream\/.*/, ''), ...place, sequenceNumber, keys };
};
