import type { Chronology } from '../support/application/chronology.ts';
import { Crowd } from './crowd.ts';
import type { Place } from './place.ts';
import { PlaceHistory } from './place-history.ts';
import type { Ending, Moment, Question } from './question.ts';
import { TableHistory } from './table-history.ts';

/** How long a key rests after a failure. */
const SETBACK_MS = 1_000;

/** What the program does at most at the same time. */
export interface LedgerOptions {
  readonly maxSourceReads: number;
  readonly maxWaitingReads: number;
  /** The largest body that is kept. */
  readonly maxEntryBytes: number;
}

/** What is special about a call. */
interface CallTraits {
  readonly isPreload: boolean;
  readonly skipped: readonly Question[];
}

/** Everything that happened at DynamoDB's side, as far as answers are to be judged by it. */
export class Ledger {
  readonly #chronology: Chronology;
  readonly #wallMs: () => number;
  readonly crowd: Crowd;
  readonly maxEntryBytes: number;
  readonly #places = new Map<string, PlaceHistory>();
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
    { maxSourceReads, maxWaitingReads, maxEntryBytes }: LedgerOptions,
  ) {
    this.#chronology = chronology;
    this.#wallMs = wallMs;
    this.crowd = new Crowd(chronology, maxSourceReads, maxWaitingReads);
    this.maxEntryBytes = maxEntryBytes;
  }

  /** Now, after everything before and before everything after. */
  moment(): Moment {
    return { order: this.#chronology.next(), wallMs: this.#wallMs() };
  }

  placeHistory({ name }: Place): PlaceHistory {
    const history = this.#places.get(name) ?? new PlaceHistory();
    this.#places.set(name, history);
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

  /** A call begins; the questions are those of its keys that may be answered. */
  begin(questions: readonly Question[]): void {
    this.crowd.callBegins();
    for (const question of questions) this.placeHistory(question.place).ask(question);
  }

  /** A call of the table ends; if it is answered, then without those that it skipped. */
  end(table: string, questions: readonly Question[], how: Ending, { isPreload, skipped }: CallTraits): void {
    const at = this.moment();
    this.crowd.callEnds();
    this.tableHistory(table).ended(how, at);
    for (const question of questions) {
      const own = how === 'answered' && skipped.includes(question) ? 'given up' : how;
      question.end = { order: at.order, how: own };
      // What filled the store ahead of all questions may have found no room.
      const isKnown = this.seesAllEnds && !isPreload;
      this.placeHistory(question.place).ended(question.id, own, at, isKnown);
    }
  }

  /** A key or a whole table was invalidated between the two orders. */
  invalidated(
    what: { readonly place: Place } | { readonly table: string },
    sent: number,
    done: number,
  ): void {
    if ('place' in what) this.placeHistory(what.place).invalidations.add(sent, done);
    else this.tableHistory(what.table).invalidations.add(sent, done);
  }

  /** Whether an invalidation lies wholly between the two orders. */
  wasInvalidated(place: Place, after: number, before: number): boolean {
    return (
      this.placeHistory(place).invalidations.anyWithin(after, before) ||
      this.tableHistory(place.table.name).invalidations.anyWithin(after, before)
    );
  }

  /** Whether there is a failure now for which readers of the place are held back without DynamoDB being asked. */
  isHeldBack(place: Place): boolean {
    const { setback } = this.placeHistory(place);
    const wallMs = this.#wallMs();
    const rests = setback !== undefined && wallMs >= setback.wallMs && wallMs - setback.wallMs < SETBACK_MS;
    return rests || this.tableHistory(place.table.name).isOutOfReach;
  }
}
