import {
  type Chronology,
  type Ending,
  Invalidations,
  type Moment,
  ReadHistory,
} from '../support/model/read-history.ts';
import type { SourceRead } from './source-read.ts';
import type { RowKey } from './tables.ts';

/** Consecutive connection failures after which the circuit breaker opens for a table. */
const THRESHOLD = 3;

/** The model of a table: its circuit breaker and its invalidations. */
class TableHistory {
  readonly invalidations = new Invalidations();
  /** The last failed call. */
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

/** Counts readers and calls under way. */
class LoadCounter {
  readonly #chronology: Chronology;
  readonly #maxCalls: number;
  readonly #maxReaders: number;
  #calls = 0;
  #readers = 0;
  #lastFull = 0;

  /** @param maxWaiting how many readers may wait while `maxCalls` are under way */
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

  /** Whether a limit was reached at `order` or later. */
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

/** How long a key is not read after a failure. */
const SETBACK_MS = 1_000;

/** The limits of the program. */
interface SourceLedgerOptions {
  readonly maxSourceReads: number;
  readonly maxWaitingReads: number;
  /** The largest body that is kept. */
  readonly maxEntryBytes: number;
}

/** Properties of a call. */
interface CallTraits {
  readonly isPreload: boolean;
  readonly skipped: readonly SourceRead[];
}

/** Records the calls of DynamoDB, as far as the judge needs them. */
export class SourceLedger {
  readonly #chronology: Chronology;
  readonly #wallMs: () => number;
  readonly load: LoadCounter;
  readonly maxEntryBytes: number;
  readonly #rows = new Map<string, ReadHistory<SourceRead>>();
  readonly #tables = new Map<string, TableHistory>();
  /** Whether the program knows of the end of a call at the moment when it is recorded. */
  seesAllEnds = false;
  /** The end of the last freeze. */
  lastFreeze: Moment = { order: 0, wallMs: 0 };
  /** Deadlines of the last two invocations: the program may not know the last one yet. */
  #deadlinesMs: readonly number[] = [];
  /** Faults in the calls of the program. */
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

  /** The current moment, ordered after all earlier ones. */
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

  /** Records an invocation and its deadline in wall time. */
  invoked(deadlineMs: number): void {
    this.#deadlinesMs = [...this.#deadlinesMs.slice(-1), deadlineMs];
  }

  /** Whether an invocation ended within `marginMs` after the wall time. */
  endsWithin(marginMs: number, wallMs: number): boolean {
    return this.#deadlinesMs.some((deadlineMs) => deadlineMs >= wallMs && deadlineMs - wallMs <= marginMs);
  }

  /** Records the start of a call with the reads that it may answer. */
  begin(reads: readonly SourceRead[]): void {
    this.load.callBegins();
    for (const read of reads) this.historyOf(read.row).ask(read);
  }

  /** Records the end of a call. The reads that it skipped have no answer. */
  end(table: string, reads: readonly SourceRead[], how: Ending, { isPreload, skipped }: CallTraits): void {
    const at = this.moment();
    this.load.callEnds();
    this.tableHistory(table).ended(how, at);
    for (const read of reads) {
      const own = how === 'answered' && skipped.includes(read) ? 'given up' : how;
      read.end = { order: at.order, how: own };
      // The store may have had no room for a preloaded entry.
      const isKnown = this.seesAllEnds && !isPreload;
      this.historyOf(read.row).ended(read.id, own, at, isKnown);
    }
  }

  /** Records an invalidation of a key or a table between the two orders. */
  invalidated(what: { readonly row: RowKey } | { readonly table: string }, sent: number, done: number): void {
    if ('row' in what) this.historyOf(what.row).invalidations.add(sent, done);
    else this.tableHistory(what.table).invalidations.add(sent, done);
  }

  /** Whether an invalidation lies completely between the two orders. */
  wasInvalidated(row: RowKey, after: number, before: number): boolean {
    return (
      this.historyOf(row).invalidations.anyWithin(after, before) ||
      this.tableHistory(row.table.name).invalidations.anyWithin(after, before)
    );
  }

  /** Whether readers of the row now get an error without a call of DynamoDB. */
  isHeldBack(row: RowKey): boolean {
    const { setback } = this.historyOf(row);
    const wallMs = this.#wallMs();
    const rests = setback !== undefined && wallMs >= setback.wallMs && wallMs - setback.wallMs < SETBACK_MS;
    return rests || this.tableHistory(row.table.name).isOutOfReach;
  }
}
