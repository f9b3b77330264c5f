import { journalScope } from '../../domain/dynamodb/model/table-identity.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { InvalidationJournal } from '../../ports/outbound/invalidation-journal.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import { StreamChanges } from './stream-changes.ts';
import { recordsIn, type StreamRecord } from './stream-records.ts';
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
