import {
  type Chronology,
  type Ending,
  Invalidations,
  type Moment,
  ReadHistory,
} from '../support/model/read-history.ts';
import type { SourceRead } from './source-read.ts';
import type { RowKey } from './tables.ts';

/** Lost contacts in a row after which a table counts as out of reach. */
const THRESHOLD = 3;

/** What happened to a table as a whole. */
export class TableHistory {
  readonly invalidations = new Invalidations();
  /** The last end of a call that was not an answer. */
  lastTrouble: Moment = { order: 0, wallMs: Number.NEGATIVE_INFINITY };
  #lostInARow = 0;
  #inReachSince = 0;

  get isOutOfReach(): boolean {
    return this.#lostInARow >= THRESHOLD;
  }

  /** Whether the table was out of reach at `order`, or has been since. */
  wasOutOfReachSince(order: number): boolean {
    return this.isOutOfReach || this.#inReachSince > order;
  }

  ended(how: Ending, at: Moment): void {
    if (how !== 'answered') this.lastTrouble = at;
    if (how === 'given up' || how === 'out of time') return;
    const wasOutOfReach = this.isOutOfReach;
    this.#lostInARow = how === 'lost' || how === 'timed out' ? this.#lostInARow + 1 : 0;
    if (wasOutOfReach && !this.isOutOfReach) this.#inReachSince = at.order;
  }
}

/** How many readers there are, and how many of them DynamoDB is just being asked for. */
export class LoadCounter {
  readonly #chronology: Chronology;
  readonly #maxCalls: number;
  readonly #maxReaders: number;
  #calls = 0;
  #readers = 0;
  #lastFull = 0;

  /** @param maxWaiting how many may wait while all turns are taken */
  constructor(chronology: Chronology, maxCalls: number, maxWaiting: number) {
    this.#chronology = chronology;
    this.#maxCalls = maxCalls;
    this.#maxReaders = maxCalls + maxWaiting;
  }

  readerComes(): void {
    this.#readers += 1;
    this.#note();
  }

  readerGoes(): void {
    this.#note();
    this.#readers -= 1;
  }

  callBegins(): void {
    this.#calls += 1;
    this.#note();
  }

  callEnds(): void {
    this.#note();
    this.#calls -= 1;
  }

  /** Whether all turns were taken at `order` or later, or more readers were there than may wait for one. */
  wasFullSince(order: number): boolean {
    return this.#isFull || this.#lastFull > order;
  }

  get #isFull(): boolean {
    return this.#calls >= this.#maxCalls || this.#readers >= this.#maxReaders;
  }

  #note(): void {
    if (this.#isFull) this.#lastFull = this.#chronology.next();
  }
}

/** How long a key rests after a failure. */
const SETBACK_MS = 1_000;

/** What the program does at most at the same time. */
export interface SourceLedgerOptions {
  readonly maxSourceReads: number;
  readonly maxWaitingReads: number;
  /** The largest body that is kept. */
  readonly maxEntryBytes: number;
}

/** What is special about a call. */
interface CallTraits {
  readonly isPreload: boolean;
  readonly skipped: readonly SourceRead[];
}

/** Everything that happened at DynamoDB's side, as far as answers are to be judged by it. */
export class SourceLedger {
  readonly #chronology: Chronology;
  readonly #wallMs: () => number;
  readonly load: LoadCounter;
  readonly maxEntryBytes: number;
  readonly #rows = new Map<string, ReadHistory<SourceRead>>();
  readonly #tables = new Map<string, TableHistory>();
  /** Whether the program knows the end of a call at the moment at which it is told here. */
  seesAllEnds = false;
  /** The end of the last freeze. */
  lastFreeze: Moment = { order: 0, wallMs: 0 };
  /** Wall times at which the last two invocations are cut off: of the last the program may have to learn yet. */
  #deadlinesMs: readonly number[] = [];
  /** What was seen at DynamoDB's side that must not be. */
  readonly faults: string[] = [];

  constructor(
    chronology: Chronology,
    wallMs: () => number,
    { maxSourceReads, maxWaitingReads, maxEntryBytes }: SourceLedgerOptions,
  ) {
    this.#chronology = chronology;
    this.#wallMs = wallMs;
    this.load = new LoadCounter(chronology, maxSourceReads, maxWaitingReads);
    this.maxEntryBytes = maxEntryBytes;
  }

  /** Now, after everything before and before everything after. */
  moment(): Moment {
    return { order: this.#chronology.next(), wallMs: this.#wallMs() };
  }

  historyOf({ name }: RowKey): ReadHistory<SourceRead> {
    const history = this.#rows.get(name) ?? new ReadHistory<SourceRead>();
    this.#rows.set(name, history);
    return history;
  }

  tableHistory(name: string): TableHistory {
    const history = this.#tables.get(name) ?? new TableHistory();
    this.#tables.set(name, history);
    return history;
  }

  /** An invocation begins, to be cut off at this wall time. */
  invoked(deadlineMs: number): void {
    this.#deadlinesMs = [...this.#deadlinesMs.slice(-1), deadlineMs];
  }

  /** Whether so little was left of an invocation at the wall time. */
  endsWithin(marginMs: number, wallMs: number): boolean {
    return this.#deadlinesMs.some((deadlineMs) => deadlineMs >= wallMs && deadlineMs - wallMs <= marginMs);
  }

  /** A call begins; the reads are those of its keys that may be answered. */
  begin(reads: readonly SourceRead[]): void {
    this.load.callBegins();
    for (const read of reads) this.historyOf(read.row).ask(read);
  }

  /** A call of the table ends; if it is answered, then without those that it skipped. */
  end(table: string, reads: readonly SourceRead[], how: Ending, { isPreload, skipped }: CallTraits): void {
    const at = this.moment();
    this.load.callEnds();
    this.tableHistory(table).ended(how, at);
    for (const read of reads) {
      const own = how === 'answered' && skipped.includes(read) ? 'given up' : how;
      read.end = { order: at.order, how: own };
      // What filled the store ahead of all reads may have found no room.
      const isKnown = this.seesAllEnds && !isPreload;
      this.historyOf(read.row).ended(read.id, own, at, isKnown);
    }
  }

  /** A key or a whole table was invalidated between the two orders. */
  invalidated(what: { readonly row: RowKey } | { readonly table: string }, sent: number, done: number): void {
    if ('row' in what) this.historyOf(what.row).invalidations.add(sent, done);
    else this.tableHistory(what.table).invalidations.add(sent, done);
  }

  /** Whether an invalidation lies wholly between the two orders. */
  wasInvalidated(row: RowKey, after: number, before: number): boolean {
    return (
      this.historyOf(row).invalidations.anyWithin(after, before) ||
      this.tableHistory(row.table.name).invalidations.anyWithin(after, before)
    );
  }

  /** Whether there is a failure now for which readers of the row are held back without DynamoDB being asked. */
  isHeldBack(row: RowKey): boolean {
    const { setback } = this.historyOf(row);
    const wallMs = this.#wallMs();
    const rests = setback !== undefined && wallMs >= setback.wallMs && wallMs - setback.wallMs < SETBACK_MS;
    return rests || this.tableHistory(row.table.name).isOutOfReach;
  }
}
