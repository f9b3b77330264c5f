import type { JsonObject } from '../../../domain/json/json-object.ts';
import { parseAwsObject, UnreadableValueError } from '../../../domain/named-values/aws-answer.ts';
import type { JsonService } from '../../aws/json-service.ts';
import { serviceFailure, unusableResponse } from '../../aws/service-errors.ts';

/** The used part of `DynamoDbUpstream`, which may be shared with the item source. */
export type JournalUpstream = Pick<JsonService, 'send' | 'dropConnections'>;

/** Where the journal is. */
export interface JournalPlace {
  /** Name of its table. */
  readonly table: string;
  /** Absent: the region of the function. */
  readonly region?: string | undefined;
  readonly upstream: JournalUpstream;
}

const HINTS: ReadonlyMap<string, string> = new Map([
  [
    'ResourceNotFoundException',
    'there is no such table, check CACHE_EXTENSION_JOURNAL_TABLE and the region, or create it with dynamodb-cache-extension journal create',
  ],
  [
    'ValidationException',
    'the key of the table must be table (String) and page (Number), and the table must hold nothing but the journal',
  ],
]);

/** Calls DynamoDB for the table of the journal. */
export class JournalCalls {
  readonly #place: JournalPlace;

  constructor(place: JournalPlace) {
    this.#place = place;
  }

  /**
   * Makes one call and reads its answer. An answer that `read` cannot use may belong to another request, so its connection is
   * closed.
   *
   * @param input without the name of the table
   * @throws {CacheError} by rejection
   */
  async call<Result>(
    operation: string,
    input: object,
    read: (answer: JsonObject) => Result,
    signal: AbortSignal,
  ): Promise<Result> {
    const { table, region, upstream } = this.#place;
    const subject = `${operation} of the journal table ${table}`;
    let discard: (() => void) | undefined;
    try {
      const call = { operation, input: { TableName: table, ...input } };
      const answer = await upstream.send(call, region, signal, (given) => {
        discard = given;
      });
      return read(parseAwsObject(answer));
    } catch (error) {
      if (error instanceof UnreadableValueError) {
        discard?.();
        throw unusableResponse(subject, error);
      }
      const permission = `dynamodb:${operation} on that table`;
      throw serviceFailure(error, { service: 'DynamoDB', subject, permission, hints: HINTS, signal });
    }
  }

  dropConnections(): void {
    this.#place.upstream.dropConnections();
  }
}
