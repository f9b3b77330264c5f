import { setMaxListeners } from 'node:events';
import { SourceThrottledError, TransientError } from '../../../domain/cache/errors.ts';
import type { JournalPage } from '../../../domain/cache/journal-page.ts';
import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';
import {
  isListOf,
  parseAwsObject,
  required,
  UnreadableValueError,
} from '../../../domain/named-values/aws-answer.ts';
import type { Clock } from '../../../ports/outbound/clock.ts';
import type { Announcement, InvalidationJournal } from '../../../ports/outbound/invalidation-journal.ts';
import type { Random } from '../../../ports/outbound/random.ts';
import type { JsonService } from '../../aws/json-service.ts';
import { serviceFailure, unusableResponse } from '../../aws/service-errors.ts';
import {
  announcingUpdate,
  type PageUpdate,
  pagesQuery,
  pageUpdates,
  readPage,
  trimmingUpdate,
  UnusablePageError,
} from './journal-item.ts';

export interface DynamoDbJournalParts extends JournalPlace {
  readonly clock: Clock;
  readonly random: Random;
  /** Pages of a scope, 1 to 16. More pages divide the write load, and make a check read more. Default: 4. */
  readonly pages?: number | undefined;
  /**
   * How many of the last announced keys each page keeps, 8 to 256. A reader that missed more drops all keys of the changed
   * stripes. With 32, a page takes one write unit. Default: 32.
   */
  readonly ring?: number | undefined;
}

const DEFAULT_PAGES = 4;
const DEFAULT_RING = 32;

/** How far a ring grows beyond its size before it is trimmed: one more write for so many announced keys. */
export const RING_SLACK = 8;

const TRIM_TIMEOUT_MS = 5000;

/** The longest wait after the first throttled call; it doubles with each further one. */
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 1000;

/** The journal in a DynamoDB table: an item for each page, to which announcements only add. */
export class DynamoDbJournal implements InvalidationJournal {
  readonly #calls: JournalCalls;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #pages: number;
  readonly #ring: number;

  /** @throws {RangeError} if `pages` or `ring` is out of range */
  constructor({ clock, random, pages = DEFAULT_PAGES, ring = DEFAULT_RING, ...place }: DynamoDbJournalParts) {
    if (!isWithin(pages, 1, 16)) throw new RangeError('pages of the journal: allowed: 1 to 16');
    if (!isWithin(ring, 8, 256)) throw new RangeError('ring of the journal: allowed: 8 to 256');
    this.#calls = new JournalCalls(place);
    this.#clock = clock;
    this.#random = random;
    this.#pages = pages;
    this.#ring = ring;
  }

  announce(announcement: Announcement, signal: AbortSignal): Promise<readonly JournalPage[]> {
    const updates = pageUpdates(announcement, this.#pages);
    // Each call listens to the signal, and Node.js warns of more than ten listeners.
    if (updates.length > 1) setMaxListeners(0, signal);
    return Promise.all(updates.map((update) => this.#announceOn(update, signal)));
  }

  /** Reads strongly consistently, so that it shows every announcement that DynamoDB acknowledged. */
  async check(scope: string, signal: AbortSignal): Promise<readonly JournalPage[]> {
    const pages: JournalPage[] = [];
    let startKey: unknown;
    do {
      const input = pagesQuery(scope, startKey);
      startKey = await this.#calls.call(
        'Query',
        input,
        (answer) => {
          for (const item of required(answer, 'Items', isListOf(isObject))) pages.push(readPage(item, scope));
          return answer.LastEvaluatedKey ?? undefined;
        },
        signal,
      );
    } while (startKey !== undefined);
    return pages;
  }

  dropConnections(): void {
    this.#calls.dropConnections();
  }

  async #announceOn(update: PageUpdate, signal: AbortSignal): Promise<JournalPage> {
    const epoch = Math.floor(this.#random.fraction() * 2 ** 32);
    const input = announcingUpdate(update, epoch, this.#ring);
    const read = (answer: JsonObject) => readPage(required(answer, 'Attributes', isObject), update.scope);
    const page = await this.#retried(() => this.#calls.call('UpdateItem', input, read, signal), signal);
    this.#trim(update, page.ring.length);
    return page;
  }

  /**
   * Repeats a throttled call until `signal` is aborted, and once a call that was lost or failed. It may have been applied
   * then. That does no harm: readers drop the same keys twice.
   */
  async #retried<Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    let wasLost = false;
    for (let longestMs = FIRST_DELAY_MS; ; ) {
      try {
        return await call();
      } catch (error) {
        if (signal.aborted || !(error instanceof TransientError) || error instanceof UnusablePageError)
          throw error;
        if (error instanceof SourceThrottledError) {
          // Full jitter, because environments that write at the same time must not retry at the same time.
          await this.#delay(longestMs * (1 - this.#random.fraction()), signal);
          longestMs = Math.min(longestMs * 2, MAX_DELAY_MS);
          if (signal.aborted) throw error;
        } else if (wasLost) {
          throw error;
        } else {
          wasLost = true;
        }
      }
    }
  }

  /**
   * Trims a ring that an announcement made longer than its size and slack. Not awaited, because no reader depends on it: a
   * longer ring is as right as a short one. For the same reason failures are ignored. The ring stays longer then, and the
   * announcement that makes it longer by another slack trims the rest.
   */
  #trim(update: PageUpdate, length: number): void {
    const added = Math.min(update.hashes.length, this.#ring);
    const slacks = Math.floor((length - this.#ring) / RING_SLACK);
    // If all writers that see a long ring trimmed it, each would pay for a write.
    const isOurs = slacks > Math.floor((length - added - this.#ring) / RING_SLACK);
    if (slacks < 1 || !isOurs) return;
    const abandoned = new AbortController();
    const cancel = this.#clock.after(TRIM_TIMEOUT_MS, () => abandoned.abort());
    const input = trimmingUpdate(update, length, this.#ring);
    void this.#calls
      .call('UpdateItem', input, () => undefined, abandoned.signal)
      .catch(() => undefined)
      .finally(cancel);
  }

  #delay(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#clock.after(delayMs, end);
      signal.addEventListener('abort', end);
    });
  }
}

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

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
